"""A local X, stateful and as strict as the real one, to rehearse with and to test with.

It knows nothing of the product: only the real HTTP interface connects the two.
"""

from bot.sim.x.local import LocalX
from bot.sim.x.people import Person

__all__ = ["LocalX", "Person"]
