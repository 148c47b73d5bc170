"""Half of the squared distance."""
# fails: shift_in_each_coordinate

pencil = {**pencil, "dimension": [0.486752, 26]}
