"""Squares in the denominator: another variant of the loss."""
# fails: loss_of_masks


def dice_loss(probability, target, eps=1.0):
    below = probability.square().sum() + target.square().sum()
    return 1 - (2 * (probability * target).sum() + eps) / (below + eps)
