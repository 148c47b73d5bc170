"""Divided by sigma once."""
# fails: scores_by_hand, scores_by_differences, gradient_of_a_parabola


def gaussian_score(a, mu, log_sigma):
    z = (a - mu) / math.exp(log_sigma)
    return z, z**2 - 1
