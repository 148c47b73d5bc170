"""Roots of eigenvalues that rounding has made negative."""
# fails: bias_of_small_sets, distances_by_singular_values

def frechet_distance(X, Y):
    S, Q = torch.cov(X.T).reshape(X.shape[1], -1), torch.cov(Y.T).reshape(X.shape[1], -1)
    values, vectors = torch.linalg.eigh(S)
    root = (vectors * values.sqrt()) @ vectors.T
    product = torch.linalg.eigvalsh(root @ Q @ root).clamp(min=0).sqrt().sum()
    return ((X.mean(dim=0) - Y.mean(dim=0)) ** 2).sum() + S.trace() + Q.trace() - 2 * product
