"""The sides of the kernels multiplied."""
# fails: fields_by_hand, fields_by_gradients, totals_of_vgg


def receptive_field(layers):
    return math.prod(d * (k - 1) + 1 for k, _, d in layers), math.prod(s for _, s, _ in layers)
