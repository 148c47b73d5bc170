"""The gradient without its factor 2."""
# fails: first_step_by_hand, orthonormal_dictionary, steps_by_autograd, conditions_of_the_minimum


def ista(X, D, lam, steps):
    L = 2 * torch.linalg.matrix_norm(D, 2).item() ** 2
    Z = torch.zeros(len(X), D.shape[1], dtype=X.dtype)
    for _ in range(steps):
        Z = soft_threshold(Z + 1 / L * (X - Z @ D.T) @ D, lam / L)
    return Z
