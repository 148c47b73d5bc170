"""Regression on the posterior means: the posterior covariance is missing."""
# fails: one_step_by_hand, step_to_the_maximum, climb_to_the_closed_form


def ppca_em_step(X, W, sigma2, mu):
    A = X - mu
    Ez, _ = ppca_e_step(X, W, sigma2, mu)
    new = torch.linalg.solve(Ez.T @ Ez, Ez.T @ A).T
    return new, ((A - Ez @ new.T) ** 2).mean().item()
