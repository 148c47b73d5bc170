"""Started at the coordinates."""
# fails: steps_by_autograd


def ista(X, D, lam, steps):
    L = 2 * torch.linalg.matrix_norm(D, 2).item() ** 2
    Z = X @ D
    for _ in range(steps):
        Z = soft_threshold(Z + 2 / L * (X - Z @ D.T) @ D, lam / L)
    return Z
