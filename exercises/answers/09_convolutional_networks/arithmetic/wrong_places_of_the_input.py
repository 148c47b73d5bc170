"""The weights times the pixels of the input."""
# fails: products_counted


def conv_macs(n, c_in, c_out, k, s=1, p=0, groups=1):
    return n**2 * conv_parameters(c_in, c_out, k, groups, False)
