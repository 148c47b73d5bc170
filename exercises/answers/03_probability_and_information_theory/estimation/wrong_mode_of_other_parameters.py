"""The mode with the posterior's parameters taken for counts."""
# fails: seven_of_ten, mean_and_mode


def beta_mean_mode(alpha, beta):
    if alpha <= 1 or beta <= 1:
        raise ValueError
    return alpha / (alpha + beta), alpha / (alpha + beta - 1)
