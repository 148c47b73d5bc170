"""The control variate with the coefficient 1."""
# fails: three_draws_with_a_control, control_as_a_line, four_variances_of_exp


def control_variate(f, g, mean_g):
    return *estimate(f - (g - mean_g))[:2], torch.tensor(1.0)
