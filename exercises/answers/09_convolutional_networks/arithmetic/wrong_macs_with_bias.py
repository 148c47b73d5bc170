"""A multiplication for each bias."""
# fails: products_counted, totals_of_vgg


def conv_macs(n, c_in, c_out, k, s=1, p=0, groups=1):
    return output_size(n, k, s, p) ** 2 * conv_parameters(c_in, c_out, k, groups)
