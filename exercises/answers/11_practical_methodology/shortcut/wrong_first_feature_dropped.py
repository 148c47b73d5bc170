"""The wrong feature is taken away."""
# fails: no_shortcut_taken


def robust_fit(X, y, column):
    kept = [j for j in range(X.shape[1]) if j != (column + 1) % X.shape[1]]
    predict = logistic(X[:, kept], y, torch.ones(len(X), dtype=torch.float64))
    return lambda new: predict(new[:, kept])
