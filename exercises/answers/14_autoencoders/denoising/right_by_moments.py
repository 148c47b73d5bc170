"""Each kind by its own formula; noise by multiplication and clamping; the inverse."""


def corrupt(X, kind, strength, generator):
    def hit(share):
        return torch.bernoulli(torch.full_like(X, share), generator=generator)

    if kind == "masking":
        return X * (1 - hit(strength))
    if kind == "gaussian":
        return X + strength * torch.empty_like(X).normal_(generator=generator)
    if kind != "salt and pepper":
        raise ValueError(kind)
    replaced, white = hit(strength).bool(), hit(0.5)
    return torch.where(replaced, white, X)


def linear_denoiser(X, kind, strength):
    n, d = X.shape
    S, m, one = X.T @ X / n, X.mean(0), torch.ones(d, dtype=X.dtype)
    if kind == "gaussian":
        return S @ torch.linalg.inv(S + strength**2 * torch.eye(d, dtype=X.dtype))
    q = 1 - strength
    if kind == "masking":
        return q * S @ torch.linalg.inv(q * q * S + q * (1 - q) * torch.diag(S.diag()))
    half = strength / 2
    T = q * q * S + q * half * (torch.outer(m, one) + torch.outer(one, m)) + half**2
    T.diagonal().copy_(q * S.diag() + half)
    return (q * S + half * torch.outer(m, one)) @ torch.linalg.inv(T)
