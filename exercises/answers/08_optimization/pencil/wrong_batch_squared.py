"""Divided by the square of the batch."""
# fails: noise_floor_by_hand

pencil = {**pencil, "floor": 0.0066667}
