"""The score by σ for that by ln σ."""
# fails: scores_on_average

def score_gradients(mu, log_sigma, eps, f):
    value = f(mu + log_sigma.exp() * eps)[:, None]
    return value * eps / log_sigma.exp(), value * (eps**2 - 1) / log_sigma.exp()
