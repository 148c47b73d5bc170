"""Missing entries are overwritten in the argument."""
# fails: entries_not_observed

of_any = class_log_probabilities


def class_log_probabilities(X, prior, on):
    found = of_any(X, prior, on)
    X[X < 0] = 0
    return found
