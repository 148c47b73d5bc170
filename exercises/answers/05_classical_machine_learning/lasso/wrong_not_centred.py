"""No intercept."""
# fails: one_column_by_hand, optimality, newest_weights_in_order, constant_column, all_weights_zero


def lasso(X, y, lam, sweeps):
    r, w = y.clone(), X.new_zeros(X.shape[1])
    for _ in range(sweeps):
        for j, a in enumerate(X.T):
            r = r + a * w[j]
            w[j] = soft_threshold(a @ r, lam / 2) / (a @ a)
            r = r - a * w[j]
    return w, 0 * y.sum()
