"""A mode given where there is none."""
# fails: no_mode_inside


def beta_mean_mode(alpha, beta):
    return alpha / (alpha + beta), (alpha - 1) / max(alpha + beta - 2, 1e-9)
