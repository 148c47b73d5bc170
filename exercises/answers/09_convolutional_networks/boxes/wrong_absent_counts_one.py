"""A class that occurs nowhere counts as 1."""
# fails: classes_that_are_absent


def mean_iou(truth, prediction, classes):
    shares = []
    for k in range(classes):
        real, guessed = truth == k, prediction == k
        union = (real | guessed).sum().item()
        shares.append((real & guessed).sum().item() / union if union else 1.0)
    return sum(shares) / classes
