"""Covariance over the variance of f."""
# fails: three_draws_with_a_control, control_as_a_line, four_variances_of_exp


def control_variate(f, g, mean_g):
    df, dg = f - f.mean(), g - g.mean()
    c = (df @ dg) / (df @ df)
    return *estimate(f - c * (g - mean_g))[:2], c
