"""Trained on the exceptions alone."""
# fails: no_shortcut_taken


def robust_fit(X, y, column):
    rows = (2 * y - 1) != X[:, column]
    return logistic(X[rows], y[rows], torch.ones(int(rows.sum()), dtype=torch.float64))
