"""Roots of the eigenvalues of a matrix that is not symmetric: complex numbers."""
# fails: bias_of_small_sets, distances_by_singular_values, distances_on_a_line

def frechet_distance(X, Y):
    S, Q = torch.cov(X.T).reshape(X.shape[1], -1), torch.cov(Y.T).reshape(X.shape[1], -1)
    values, vectors = torch.linalg.eigh(S)
    root = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    product = torch.linalg.eigvals(S @ Q).sqrt().sum()
    return ((X.mean(dim=0) - Y.mean(dim=0)) ** 2).sum() + S.trace() + Q.trace() - 2 * product
