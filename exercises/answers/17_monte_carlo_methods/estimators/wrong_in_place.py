"""The control variate corrects f in place."""
# fails: control_as_a_line


def control_variate(f, g, mean_g):
    df, dg = f - f.mean(), g - g.mean()
    c = (df @ dg) / (dg @ dg)
    f -= c * (g - mean_g)
    return *estimate(f)[:2], c
