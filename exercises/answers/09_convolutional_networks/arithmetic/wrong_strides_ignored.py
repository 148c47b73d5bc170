"""Every layer adds as if nothing had been strided before."""
# fails: fields_by_hand, fields_by_gradients, totals_of_vgg


def receptive_field(layers):
    return 1 + sum(d * (k - 1) for k, _, d in layers), math.prod(s for _, s, _ in layers)
