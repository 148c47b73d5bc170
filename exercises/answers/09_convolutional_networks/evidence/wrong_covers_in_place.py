"""Squares put on the image that was given."""
# fails: inputs_kept

_map = occlusion_map


def occlusion_map(model, x, label, size, value=0.0):
    out = _map(model, x, label, size, value)
    x[:, -size:, -size:] = value
    return out
