"""A bias for each channel in."""
# fails: parameters_by_hand, parameters_of_torch, totals_of_vgg


def conv_parameters(c_in, c_out, k, groups=1, bias=True):
    return c_out * (c_in // groups) * k * k + c_in * bias
