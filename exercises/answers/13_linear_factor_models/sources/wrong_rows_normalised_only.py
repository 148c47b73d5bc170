"""Each direction by itself: several find the same source."""
# fails: one_step_by_derivatives, directions_stay_orthogonal


def fastica(Z, W, steps):
    for _ in range(steps):
        g = torch.tanh(Z @ W.T)
        W = g.T @ Z / len(Z) - (1 - g**2).mean(dim=0)[:, None] * W
        W = W / torch.linalg.vector_norm(W, dim=1, keepdim=True)
    return W
