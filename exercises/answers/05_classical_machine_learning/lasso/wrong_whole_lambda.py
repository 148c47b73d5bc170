"""The threshold λ instead of λ/2."""
# fails: one_column_by_hand, optimality, newest_weights_in_order, all_weights_zero


def lasso(X, y, lam, sweeps):
    A, r = X - X.mean(dim=0), y - y.mean()
    w = X.new_zeros(A.shape[1])
    for _ in range(sweeps):
        for j, a in enumerate(A.T):
            if (length := a @ a) > 0:
                r = r + a * w[j]
                w[j] = soft_threshold(a @ r, lam) / length
                r = r - a * w[j]
    return w, y.mean() - X.mean(dim=0) @ w
