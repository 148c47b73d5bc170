"""The products counted once."""
# fails: loss_of_masks


def dice_loss(probability, target, eps=1.0):
    return 1 - ((probability * target).sum() + eps) / (probability.sum() + target.sum() + eps)
