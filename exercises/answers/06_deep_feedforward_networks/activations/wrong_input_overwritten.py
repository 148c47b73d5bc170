"""The leaky branch written into the argument."""
# fails: dtype_shape_and_input_kept


def prelu(z, alpha):
    z[z <= 0] *= alpha
    return z
