"""The mean absolute difference."""
# fails: errors_in_closed_form


def equivariance_error(layer, x, shift, stride=1):
    before = layer(torch.roll(x, shift, dims=(-2, -1)))
    after = torch.roll(layer(x), (shift[0] // stride, shift[1] // stride), dims=(-2, -1))
    return (before - after).abs().mean().item()
