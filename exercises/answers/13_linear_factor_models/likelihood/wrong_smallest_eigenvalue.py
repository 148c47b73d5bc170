"""The smallest eigenvalue for the noise."""
# fails: four_eigenvalues, covariance_of_the_maximum, none_and_nearly_all


def ppca_fit(X, k):
    mu, left = X.mean(dim=0), X.shape[1] - k
    values, U = torch.linalg.eigh((X - mu).T @ (X - mu) / len(X))
    return U[:, left:] * (values[left:] - values[0]).sqrt(), values[0].item(), mu
