"""The directions of the smallest eigenvalues."""
# fails: four_eigenvalues, covariance_of_the_maximum


def ppca_fit(X, k):
    mu, left = X.mean(dim=0), X.shape[1] - k
    values, U = torch.linalg.eigh((X - mu).T @ (X - mu) / len(X))
    noise = values[:left].mean()
    return U[:, :k] * (values[left:] - noise).sqrt(), noise.item(), mu
