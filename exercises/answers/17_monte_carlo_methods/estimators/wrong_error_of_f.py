"""The standard error of the plain mean."""
# fails: control_as_a_line

fitted_control = control_variate


def control_variate(f, g, mean_g):
    corrected, _, c = fitted_control(f, g, mean_g)
    return corrected, estimate(f)[1], c
