"""How fast the whole way is: a load, a network over HTTP, a judge, and the figures."""
