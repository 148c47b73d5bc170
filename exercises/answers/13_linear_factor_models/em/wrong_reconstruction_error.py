"""The squared error of the reconstruction, without the posterior variance."""
# fails: one_step_by_hand, step_to_the_maximum, climb_to_the_closed_form


def ppca_em_step(X, W, sigma2, mu):
    A = X - mu
    Ez, Ezz = ppca_e_step(X, W, sigma2, mu)
    new = torch.linalg.solve(Ezz.sum(dim=0), Ez.T @ A).T
    return new, ((A - Ez @ new.T) ** 2).mean().item()
