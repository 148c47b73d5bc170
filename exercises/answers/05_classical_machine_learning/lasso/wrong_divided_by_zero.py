"""A constant column divided by its length."""
# fails: constant_column


def lasso(X, y, lam, sweeps):
    A, r = X - X.mean(dim=0), y - y.mean()
    w = X.new_zeros(A.shape[1])
    for _ in range(sweeps):
        for j, a in enumerate(A.T):
            r = r + a * w[j]
            w[j] = soft_threshold(a @ r, lam / 2) / (a @ a)
            r = r - a * w[j]
    return w, y.mean() - X.mean(dim=0) @ w
