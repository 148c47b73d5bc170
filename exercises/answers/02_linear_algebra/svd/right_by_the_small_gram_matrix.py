"""Eigenvectors of the covariance where that is possible, a loop for the rank, the singular values in the other factor."""


def pca(X, k):
    mean = X.sum(0) / len(X)
    centred = X - mean
    covariance = centred.T @ centred / (len(X) - 1)
    values, vectors = torch.linalg.eigh(covariance)
    order = torch.argsort(values, descending=True)[:k]
    return mean, vectors[:, order].T, values[order], values[order] / torch.trace(covariance)


def pca_transform(X, mean, components):
    return torch.einsum("nd,kd->nk", X, components) - components @ mean


def pca_reconstruct(Z, mean, components):
    return mean + torch.einsum("nk,kd->nd", Z, components)


def compress(W, b, k):
    right = torch.linalg.svd(W, full_matrices=False)[2][:k]
    return right, W @ right.T, b


def largest_saving_rank(d_out, d_in):
    k = 0
    while (k + 1) * (d_out + d_in) < d_out * d_in:
        k += 1
    return k
