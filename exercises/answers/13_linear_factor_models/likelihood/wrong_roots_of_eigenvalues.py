"""The noise isn't taken off the eigenvalues."""
# fails: four_eigenvalues, covariance_of_the_maximum


def ppca_fit(X, k):
    mu, left = X.mean(dim=0), X.shape[1] - k
    values, U = torch.linalg.eigh((X - mu).T @ (X - mu) / len(X))
    return U[:, left:] * values[left:].sqrt(), values[:left].mean().item(), mu
