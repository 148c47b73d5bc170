"""The share of right pixels."""
# fails: eight_pixels_by_hand, regions_of_sklearn, classes_that_are_absent


def mean_iou(truth, prediction, classes):
    return (truth == prediction).double().mean().item()
