"""The share for one coordinate."""
# fails: shift_in_each_coordinate

pencil = {**pencil, "dimension": [0.697676, 13]}
