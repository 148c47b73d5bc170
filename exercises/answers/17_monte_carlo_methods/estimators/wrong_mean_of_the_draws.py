"""The mean of g comes from the same draws."""
# fails: three_draws_with_a_control, control_as_a_line, four_variances_of_exp

fitted_control = control_variate


def control_variate(f, g, mean_g):
    return fitted_control(f, g, g.mean())
