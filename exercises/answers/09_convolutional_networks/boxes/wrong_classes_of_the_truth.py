"""Only the classes that occur in the truth."""
# fails: classes_that_are_absent


def mean_iou(truth, prediction, classes):
    shares = []
    for k in truth.unique().tolist():
        real, guessed = truth == k, prediction == k
        shares.append((real & guessed).sum().item() / (real | guessed).sum().item())
    return sum(shares) / len(shares)
