"""Right for down."""
# fails: errors_in_closed_form


def equivariance_error(layer, x, shift, stride=1):
    before = layer(torch.roll(x, shift, dims=(-1, -2)))
    after = torch.roll(layer(x), (shift[0] // stride, shift[1] // stride), dims=(-1, -2))
    return (before - after).abs().max().item()
