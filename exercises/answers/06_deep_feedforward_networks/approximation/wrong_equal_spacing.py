"""All gaps taken to be as long as the first."""
# fails: starts_at_zero, passes_through_all_points


def relu_interpolant(knots, values):
    slopes = values.diff() / (knots[1] - knots[0])
    return torch.cat([slopes[:1], slopes.diff()]), values[0]
