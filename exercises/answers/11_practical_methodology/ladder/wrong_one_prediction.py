"""One prediction for all rows."""
# fails: majority_by_hand, majority_with_ties, same_scaling_for_all


def majority(X, y):
    label = y.bincount().argmax()
    return lambda new: label
