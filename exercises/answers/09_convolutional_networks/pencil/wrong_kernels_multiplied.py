"""The sides of both kernels multiplied."""
# fails: two_small_kernels

pencil = {**pencil, "two": 9.0}
