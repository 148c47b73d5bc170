"""Weights that are the inverse standard deviations."""
# fails: two_sensors

pencil = {**pencil, "fusion": [(10 / 2 + 13 / math.sqrt(2)) / (1 / 2 + 1 / math.sqrt(2)), 4 / 3]}
