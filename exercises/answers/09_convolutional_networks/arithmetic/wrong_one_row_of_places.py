"""The weights times the places of one row."""
# fails: products_counted, totals_of_vgg


def conv_macs(n, c_in, c_out, k, s=1, p=0, groups=1):
    return output_size(n, k, s, p) * conv_parameters(c_in, c_out, k, groups, False)
