"""Vectors of any length."""
# fails: distances_on_the_sphere


def byol_loss(prediction, target):
    return ((prediction - target.detach()) ** 2).sum(dim=1).mean()
