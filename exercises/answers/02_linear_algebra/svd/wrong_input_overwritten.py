"""The data are centred where they are."""
# fails: dtype_and_inputs_kept


def pca(X, k):
    mean = X.mean(dim=0)
    X -= mean
    _, sigma, Vt = torch.linalg.svd(X, full_matrices=False)
    variances = sigma.square() / (len(X) - 1)
    return mean, Vt[:k], variances[:k], variances[:k] / variances.sum()
