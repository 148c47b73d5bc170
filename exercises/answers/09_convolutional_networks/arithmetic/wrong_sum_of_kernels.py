"""The sides of the kernels added."""
# fails: fields_by_hand, fields_by_gradients, totals_of_vgg


def receptive_field(layers):
    field, jump = 0, 1
    for k, s, d in layers:
        field += (d * (k - 1) + 1) * jump
        jump *= s
    return max(field, 1), jump
