"""The penalty is thought to follow the reconstruction; the divergence is averaged over examples."""
# fails: escape_of_the_scale, penalty_of_a_unit

pencil = {**pencil, "escape": [1.0, 1.0], "sparse": 0.38762}
