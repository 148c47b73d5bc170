"""One branch suffices."""
# fails: maps_and_their_inverses

statements = {**statements, "injective": "a"}
