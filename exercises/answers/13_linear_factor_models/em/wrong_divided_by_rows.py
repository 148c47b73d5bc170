"""Divided by N in place of N d."""
# fails: one_step_by_hand, step_to_the_maximum, climb_to_the_closed_form


def ppca_em_step(X, W, sigma2, mu):
    A = X - mu
    Ez, Ezz = ppca_e_step(X, W, sigma2, mu)
    second = Ezz.sum(dim=0)
    new = torch.linalg.solve(second, Ez.T @ A).T
    squares = (A**2).sum() - 2 * (Ez * (A @ new)).sum() + (second * (new.T @ new)).sum()
    return new, squares.item() / len(A)
