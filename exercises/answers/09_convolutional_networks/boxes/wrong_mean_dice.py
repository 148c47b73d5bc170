"""Dice for IoU of the regions."""
# fails: eight_pixels_by_hand, regions_of_sklearn, classes_that_are_absent


def mean_iou(truth, prediction, classes):
    shares = []
    for k in range(classes):
        real, guessed = truth == k, prediction == k
        both = real.sum().item() + guessed.sum().item()
        if both:
            shares.append(2 * (real & guessed).sum().item() / both)
    return sum(shares) / len(shares)
