"""The soft IoU for Dice."""
# fails: loss_of_masks


def dice_loss(probability, target, eps=1.0):
    common = (probability * target).sum()
    return 1 - (common + eps) / (probability.sum() + target.sum() - common + eps)
