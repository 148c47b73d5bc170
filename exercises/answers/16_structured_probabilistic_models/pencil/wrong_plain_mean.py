"""The plain mean of both, and the variance of it."""
# fails: two_sensors

pencil = {**pencil, "fusion": [11.5, 1.5]}
