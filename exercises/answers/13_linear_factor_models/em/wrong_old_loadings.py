"""The old loadings in the update of the noise."""
# fails: one_step_by_hand, step_to_the_maximum


def ppca_em_step(X, W, sigma2, mu):
    A = X - mu
    Ez, Ezz = ppca_e_step(X, W, sigma2, mu)
    second = Ezz.sum(dim=0)
    new = torch.linalg.solve(second, Ez.T @ A).T
    squares = (A**2).sum() - 2 * (Ez * (A @ W)).sum() + (second * (W.T @ W)).sum()
    return new, squares.item() / A.numel()
