"""The longer side of the grid."""
# fails: width_of_a_grid

pencil = {**pencil, "grid": 7}
