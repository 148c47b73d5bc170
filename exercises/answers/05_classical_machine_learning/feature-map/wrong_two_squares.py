"""Three points whose Gram matrix is a sum of squares after all."""
# fails: no_kernel

not_a_kernel = [3.0, 0.0, 0.0]
