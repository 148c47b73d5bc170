"""Regression on the posterior means."""
# fails: one_step_of_factors_by_hand, step_of_factors_to_the_maximum


def fa_em_step(X, W, psi):
    A = X - X.mean(dim=0)
    S = A.T @ A / len(X)
    scaled = W / psi[:, None]
    G = torch.linalg.inv(torch.eye(W.shape[1], dtype=W.dtype) + W.T @ scaled)
    B = G @ scaled.T
    new = torch.linalg.solve(B @ S @ B.T, B @ S).T
    return new, torch.diagonal(S - new @ B @ S)
