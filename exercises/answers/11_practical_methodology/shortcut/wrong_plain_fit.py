"""All examples weigh alike."""
# fails: no_shortcut_taken


def robust_fit(X, y, column):
    return logistic(X, y, torch.ones(len(X), dtype=torch.float64))
