"""Of equally frequent classes the largest."""
# fails: majority_with_ties


def majority(X, y):
    counts = y.bincount()
    label = torch.where(counts == counts.max())[0][-1]
    return lambda new: label.repeat(len(new))
