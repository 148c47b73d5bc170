"""A perfect prediction is thought to have the cross-entropy 0; three of the largest are kept."""
# fails: entropy_of_grey, eigenvalues_left_out

pencil = {**pencil, "floor": [0.0, 0.0], "tail": [0.3, 0.3 / 7.1]}
