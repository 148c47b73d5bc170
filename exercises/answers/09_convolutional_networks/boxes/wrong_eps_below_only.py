"""Epsilon in the denominator only."""
# fails: loss_of_masks


def dice_loss(probability, target, eps=1.0):
    return 1 - 2 * (probability * target).sum() / (probability.sum() + target.sum() + eps)
