"""Weights that are the inverse standard deviations."""
# fails: two_sensors

pencil = {**pencil, "fusion": [(10 / 2 + 13) / 1.5, 0.8]}
