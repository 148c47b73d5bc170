"""The biases forgotten."""
# fails: parameters_of_a_layer, dense_or_local

pencil = {**pencil, "count": 73728.0, "dense": [201326592.0, 1728.0]}
