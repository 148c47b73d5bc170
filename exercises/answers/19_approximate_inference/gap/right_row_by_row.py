"""Groups and rows in loops, the posterior by its covariance, normal equations for the encoder."""

def importance_bound(log_w, K):
    S = len(log_w)
    groups = [log_w[g : g + K] for g in range(0, S, K)]
    return sum(torch.log_softmax(-g, dim=0).mean(dim=0) * 0 + torch.logsumexp(g, dim=0) for g in groups) / len(groups) - math.log(K)


def gaps(X, W, b, s, A, c, v):
    covariance = torch.linalg.inv(torch.eye(W.shape[1], dtype=W.dtype) + W.T @ W / s / s)
    Q = torch.linalg.inv(covariance)

    def divergence(mean, variances, true):
        d = mean - true
        return 0.5 * ((Q.diagonal() * variances).sum() + d @ Q @ d - len(d) + torch.logdet(covariance) - variances.log().sum())

    first, second = [], []
    for x in X:
        true = covariance @ W.T @ (x - b) / s**2
        least = divergence(true, 1 / Q.diagonal(), true)
        first.append(least)
        second.append(divergence(A @ x + c, v, true) - least)
    return torch.stack(first), torch.stack(second)


def best_encoder(X, W, b, s):
    covariance = torch.linalg.inv(torch.eye(W.shape[1], dtype=W.dtype) + W.T @ W / s / s)
    means = (X - b) @ W @ covariance / s**2
    return torch.linalg.solve(X.T @ X, X.T @ means).T
