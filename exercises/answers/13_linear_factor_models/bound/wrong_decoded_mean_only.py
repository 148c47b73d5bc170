"""Only the mean of z is decoded."""
# fails: exact_posterior_by_hand, gap_to_the_evidence, tight_at_the_optimum, gradients_of_all_parameters


def elbo(X, W, sigma2, mu, V, s):
    A = X - mu
    m = A @ V.T
    errors = ((A - m @ W.T) ** 2).sum(dim=1)
    divergence = (s**2 + m**2 - 1 - 2 * s.log()).sum(dim=1)
    return -(X.shape[1] * math.log(2 * math.pi * sigma2) + errors / sigma2 + divergence) / 2
