"""Probabilities proportional to the distance."""
# fails: next_centre

pencil = {**pencil, "seeding": [0.0, 1 / 11, 10 / 11]}
