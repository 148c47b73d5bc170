"""Classes weigh alike, not combinations."""
# fails: no_shortcut_taken


def robust_fit(X, y, column):
    return logistic(X, y, group_weights(y))
