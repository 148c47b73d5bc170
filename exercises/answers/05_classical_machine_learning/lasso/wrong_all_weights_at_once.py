"""Every weight from the residual of the sweep before."""
# fails: optimality, newest_weights_in_order


def lasso(X, y, lam, sweeps):
    A, c = X - X.mean(dim=0), y - y.mean()
    w, squares = X.new_zeros(A.shape[1]), A.square().sum(dim=0)
    for _ in range(sweeps):
        new = soft_threshold(A.T @ (c - A @ w) + squares * w, lam / 2) / squares
        w = torch.where(squares > 0, new, 0)
    return w, y.mean() - X.mean(dim=0) @ w
