"""The target learns, the prediction does not."""
# fails: distances_on_the_sphere

plain = byol_loss


def byol_loss(prediction, target):
    return plain(target, prediction)
