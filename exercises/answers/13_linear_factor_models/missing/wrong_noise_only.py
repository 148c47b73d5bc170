"""The entries as if they were independent."""
# fails: likelihood_of_what_was_observed


def observed_log_likelihood(X, W, sigma2, mu):
    variance = (W**2).sum(dim=1) + sigma2
    return (-((X - mu) ** 2 / variance + variance.log() + math.log(2 * math.pi)) / 2).nansum()
