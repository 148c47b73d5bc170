"""Blocks of the covariance."""


def impute(X, W, sigma2, mu):
    C = W @ W.T + sigma2 * torch.eye(len(mu), dtype=W.dtype)
    rows = []
    for x in X:
        o = torch.nonzero(~x.isnan())[:, 0]
        guess = mu + C[:, o] @ torch.linalg.pinv(C[o][:, o]) @ (x[o] - mu[o]) if len(o) else mu
        rows.append(torch.where(x.isnan(), guess, x))
    return torch.stack(rows)
