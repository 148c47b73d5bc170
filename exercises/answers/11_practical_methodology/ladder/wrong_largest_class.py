"""The largest number of a class instead of the most frequent one."""
# fails: majority_by_hand, majority_with_ties, same_scaling_for_all


def majority(X, y):
    return lambda new: y.max().repeat(len(new))
