"""The line starts at zero instead of at the first value."""
# fails: three_points, passes_through_all_points


def relu_interpolant(knots, values):
    slopes = values.diff() / knots.diff()
    return torch.cat([slopes[:1], slopes.diff()]), torch.zeros_like(values[0])
