"""The roots of the covariances are multiplied."""
# fails: distances_by_singular_values

def frechet_distance(X, Y):
    S, Q = torch.cov(X.T).reshape(X.shape[1], -1), torch.cov(Y.T).reshape(X.shape[1], -1)
    values, vectors = torch.linalg.eigh(S)
    root = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    product = ((lambda e: ((e[1] * e[0].clamp(min=0).sqrt()) @ e[1].T * root).sum())(torch.linalg.eigh(Q)))
    return ((X.mean(dim=0) - Y.mean(dim=0)) ** 2).sum() + S.trace() + Q.trace() - 2 * product
