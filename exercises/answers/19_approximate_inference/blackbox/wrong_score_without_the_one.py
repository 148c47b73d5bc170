"""The constant of ln q is forgotten."""
# fails: two_draws_by_hand, scores_on_average

def score_gradients(mu, log_sigma, eps, f):
    value = f(mu + log_sigma.exp() * eps)[:, None]
    return value * eps / log_sigma.exp(), value * eps**2
