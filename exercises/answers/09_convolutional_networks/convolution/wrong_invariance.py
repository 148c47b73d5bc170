"""The output not shifted: a test of invariance."""
# fails: circular_layers_move_along, strides_and_shifts, errors_in_closed_form


def equivariance_error(layer, x, shift, stride=1):
    return (layer(torch.roll(x, shift, dims=(-2, -1))) - layer(x)).abs().max().item()
