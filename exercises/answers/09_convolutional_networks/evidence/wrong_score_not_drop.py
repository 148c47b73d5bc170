"""The score of the covered image."""
# fails: squares_over_a_template, peak_on_the_template

_map = occlusion_map


def occlusion_map(model, x, label, size, value=0.0):
    return model(x[None])[0, label].detach() - _map(model, x, label, size, value)
