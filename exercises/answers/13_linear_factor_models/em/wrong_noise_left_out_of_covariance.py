"""The posterior covariance without sigma^2."""
# fails: moments_of_the_joint_gaussian, step_to_the_maximum, climb_to_the_closed_form


def ppca_e_step(X, W, sigma2, mu):
    M = W.T @ W + sigma2 * torch.eye(W.shape[1], dtype=W.dtype)
    Ez = torch.linalg.solve(M, W.T @ (X - mu).T).T
    return Ez, torch.linalg.inv(M) + Ez[:, :, None] * Ez[:, None, :]
