"""The dilation left out of the field."""
# fails: fields_by_hand, fields_by_gradients


def receptive_field(layers):
    field, jump = 1, 1
    for k, s, _ in layers:
        field += (k - 1) * jump
        jump *= s
    return field, jump
