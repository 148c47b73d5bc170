"""The distribution of torch."""
# fails: all


def ppca_log_likelihood(X, W, sigma2, mu):
    C = W @ W.T + sigma2 * torch.eye(len(mu), dtype=W.dtype)
    return torch.distributions.MultivariateNormal(mu, C).log_prob(X).sum()
