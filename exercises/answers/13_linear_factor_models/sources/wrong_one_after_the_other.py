"""Gram and Schmidt: the first direction is preferred."""
# fails: one_step_by_derivatives


def fastica(Z, W, steps):
    for _ in range(steps):
        g = torch.tanh(Z @ W.T)
        Q, R = torch.linalg.qr((g.T @ Z / len(Z) - (1 - g**2).mean(dim=0)[:, None] * W).T)
        W = (Q * torch.sign(torch.diagonal(R))).T
    return W
