"""What is left out is divided by all d."""
# fails: four_eigenvalues, covariance_of_the_maximum, none_and_nearly_all


def ppca_fit(X, k):
    d = X.shape[1]
    mu, left = X.mean(dim=0), d - k
    values, U = torch.linalg.eigh((X - mu).T @ (X - mu) / len(X))
    noise = values[:left].sum() / d
    return U[:, left:] * (values[left:] - noise).sqrt(), noise.item(), mu
