"""The coefficient, not one minus it."""
# fails: loss_of_masks

_loss = dice_loss


def dice_loss(probability, target, eps=1.0):
    return 1 - _loss(probability, target, eps)
