"""The sides of both kernels added."""
# fails: two_small_kernels

pencil = {**pencil, "two": 6.0}
