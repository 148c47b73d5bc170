"""More groups, more weights."""
# fails: parameters_of_torch, products_counted, share_of_the_weights


def conv_parameters(c_in, c_out, k, groups=1, bias=True):
    return c_out * c_in * groups * k * k + c_out * bias
