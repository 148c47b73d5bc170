"""The sum over the draws."""
# fails: estimates_by_distributions, gradients_by_distributions, full_covariance, diagonal_covariance, fit_by_batches

def elbo_estimate(mu, raw, eps, X, y, N):
    w = mu + eps @ scale_tril(raw).T
    entropy = len(mu) / 2 * (1 + math.log(2 * math.pi)) + raw.diagonal().sum()
    return (log_prior(w) + N / len(X) * log_likelihoods(w, X, y).sum(dim=1)).sum() + entropy
