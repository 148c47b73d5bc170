"""A layer's stride multiplied in before its kernel is counted."""
# fails: fields_by_hand, fields_by_gradients, totals_of_vgg


def receptive_field(layers):
    field, jump = 1, 1
    for k, s, d in layers:
        jump *= s
        field += d * (k - 1) * jump
    return field, jump
