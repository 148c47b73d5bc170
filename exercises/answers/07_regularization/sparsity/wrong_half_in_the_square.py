"""The elastic net as if its square had the factor one half."""
# fails: prox_is_where_the_derivative_vanishes, elastic_net_is_optimal


def elastic_net_prox(v, tau, lam1, lam2):
    return soft_threshold(v, tau * lam1) / (1 + tau * lam2)
