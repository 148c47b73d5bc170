"""The likelihood of the filled rows."""
# fails: one_gap_by_hand, likelihood_of_what_was_observed


def observed_log_likelihood(X, W, sigma2, mu):
    A = impute(X, W, sigma2, mu) - mu
    C = W @ W.T + sigma2 * torch.eye(len(mu), dtype=W.dtype)
    return -(len(X) * (len(mu) * math.log(2 * math.pi) + torch.logdet(C)) + (A * torch.linalg.solve(C, A.T).T).sum()) / 2
