"""Classes weighted by their pixels."""
# fails: eight_pixels_by_hand, regions_of_sklearn, classes_that_are_absent


def mean_iou(truth, prediction, classes):
    total = 0.0
    for k in range(classes):
        real, guessed = truth == k, prediction == k
        union = (real | guessed).sum().item()
        if union:
            total += real.sum().item() * (real & guessed).sum().item() / union
    return total / truth.numel()
