"""The Frobenius norm for the spectral one."""
# fails: first_step_by_hand, orthonormal_dictionary, steps_by_autograd


def ista(X, D, lam, steps):
    L = 2 * (D**2).sum().item()
    Z = torch.zeros(len(X), D.shape[1], dtype=X.dtype)
    for _ in range(steps):
        Z = soft_threshold(Z + 2 / L * (X - Z @ D.T) @ D, lam / L)
    return Z
