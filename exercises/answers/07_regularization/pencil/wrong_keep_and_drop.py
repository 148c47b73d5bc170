"""p taken for the probability of keeping."""
# fails: dropped_unit

pencil = {**pencil, "moments": [0.4, 2.0, 16.0]}
