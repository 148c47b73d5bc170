"""Singular vectors, a projection matrix, and the inverse of the covariance."""


class Detector:
    def __init__(self, k, share):
        self.k = k
        self.quantile = 1 - share

    def fit(self, X):
        self.mu = X.mean(0)
        _, s, V = torch.linalg.svd(X - self.mu, full_matrices=True)
        d = X.shape[1]
        spectrum = s**2 / len(X)
        spectrum = torch.cat([spectrum[: self.k], spectrum[self.k :].mean().repeat(d - self.k)])
        self.away = V[self.k :].T @ V[self.k :]
        self.C = V.T @ torch.diag(spectrum) @ V
        self.limit = torch.quantile(self.errors(X), self.quantile).item()
        return self

    def errors(self, X):
        return (((X - self.mu) @ self.away) ** 2).sum(1)

    def flags(self, X):
        return self.errors(X) - self.limit > 0

    def surprise(self, X):
        Z = X - self.mu
        squares = torch.einsum("ni,ij,nj->n", Z, torch.linalg.inv(self.C), Z)
        return squares / 2 + torch.logdet(2 * math.pi * self.C) / 2
