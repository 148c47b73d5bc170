"""Many steps on the exact bound, with the spread of the code in place of its noise."""


def train_vae(X, k, sigma2, generator):
    d, S = X.shape[1], X.T @ X / len(X)
    E = 0.3 * torch.randn(k, d, generator=generator, dtype=X.dtype)
    D, s = E.T.clone(), torch.zeros(k, dtype=X.dtype)
    for _ in range(600):
        v = s.exp()
        gap = D @ E - torch.eye(d, dtype=X.dtype)
        by_D = (gap @ S @ E.T + D * v) / sigma2
        by_E = D.T @ gap @ S / sigma2 + E @ S
        by_s = ((D**2).sum(0) / sigma2 * v + v - 1) / 2
        E, D, s = E - 0.04 * by_E, D - 0.04 * by_D, s - 0.04 * by_s
    return {"encoder": E, "logvar": s, "decoder": D}
