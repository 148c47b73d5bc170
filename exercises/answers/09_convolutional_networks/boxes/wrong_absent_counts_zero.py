"""A class that occurs nowhere counts as 0."""
# fails: classes_that_are_absent


def mean_iou(truth, prediction, classes):
    shares = [((truth == k) & (prediction == k)).sum().item() / max(((truth == k) | (prediction == k)).sum().item(), 1) for k in range(classes)]
    return sum(shares) / classes
