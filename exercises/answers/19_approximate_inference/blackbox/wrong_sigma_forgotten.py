"""The chain rule without σ: the derivative by σ."""
# fails: two_draws_by_hand, paths_on_average

def path_gradients(mu, log_sigma, eps, slope):
    along = slope(mu + log_sigma.exp() * eps)
    return along, along * eps
