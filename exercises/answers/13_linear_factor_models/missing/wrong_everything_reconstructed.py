"""Observed entries are replaced, too."""
# fails: one_gap_by_hand, gaps_by_the_covariance, gaps_stay_in_the_argument


def impute(X, W, sigma2, mu):
    rows = []
    for x in X:
        seen = ~x.isnan()
        V = W[seen]
        M = V.T @ V + sigma2 * torch.eye(W.shape[1], dtype=W.dtype)
        rows.append(mu + W @ torch.linalg.solve(M, V.T @ (x - mu)[seen]))
    return torch.stack(rows)
