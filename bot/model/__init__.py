"""The nouns of the domain: frozen, standard library only."""
