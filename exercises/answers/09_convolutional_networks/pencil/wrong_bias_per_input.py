"""A bias for each channel in."""
# fails: parameters_of_a_layer

pencil = {**pencil, "count": 73792.0}
