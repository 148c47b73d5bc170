"""Kernels that read one channel only."""
# fails: parameters_of_a_layer

pencil = {**pencil, "count": 1280.0}
