"""Traces of matrices, for each row by itself."""


def elbo(X, W, sigma2, mu, V, s):
    rows, S = [], torch.diag(s.square())
    for x in X:
        m = V @ (x - mu)
        error = (x - mu - W @ m).square().sum() + torch.trace(W @ S @ W.T)
        fit = -x.numel() / 2 * math.log(2 * math.pi * sigma2) - error / (2 * sigma2)
        rows.append(fit - 0.5 * (torch.trace(S) + m @ m - m.numel() - torch.logdet(S)))
    return torch.stack(rows)
