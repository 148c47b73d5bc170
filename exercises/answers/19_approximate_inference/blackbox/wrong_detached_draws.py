"""The draws are cut off from the parameters."""
# fails: gradients_by_distributions, full_covariance, diagonal_covariance, fit_by_batches

def elbo_estimate(mu, raw, eps, X, y, N):
    w = (mu + eps @ scale_tril(raw).T).detach()
    entropy = len(mu) / 2 * (1 + math.log(2 * math.pi)) + raw.diagonal().sum()
    data = log_prior(w) + N / len(X) * log_likelihoods(w, X, y).sum(dim=1)
    return data.mean() + 0 * mu.sum() + entropy
