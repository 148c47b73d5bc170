"""The constant counts the gaps, too."""
# fails: one_gap_by_hand, likelihood_of_what_was_observed

plain_observed = observed_log_likelihood


def observed_log_likelihood(X, W, sigma2, mu):
    return plain_observed(X, W, sigma2, mu) - X.isnan().sum() * math.log(2 * math.pi) / 2
