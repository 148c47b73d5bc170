"""The chain is closed to a ring."""
# fails: four_spins

pencil = {**pencil, "ising": (2 * math.cosh(0.5)) ** 4 + (2 * math.sinh(0.5)) ** 4}
