"""The output shifted as far as the input, whatever the stride."""
# fails: strides_and_shifts, errors_in_closed_form


def equivariance_error(layer, x, shift, stride=1):
    return (layer(torch.roll(x, shift, dims=(-2, -1))) - torch.roll(layer(x), shift, dims=(-2, -1))).abs().max().item()
