"""Expected joint density plus entropy."""


def elbo(X, W, sigma2, mu, V, s):
    d, k = W.shape
    m = torch.einsum("kd,nd->nk", V, X - mu)
    zz = torch.diag(s**2) + m[:, :, None] * m[:, None]
    errors = (X - mu).square().sum(1) - 2 * ((X - mu) @ W * m).sum(1) + (zz * (W.T @ W)).sum((1, 2))
    joint = -0.5 * (d * math.log(2 * math.pi * sigma2) + errors / sigma2 + k * math.log(2 * math.pi) + zz.diagonal(dim1=1, dim2=2).sum(1))
    return joint + k / 2 * (1 + math.log(2 * math.pi)) + s.log().sum()
