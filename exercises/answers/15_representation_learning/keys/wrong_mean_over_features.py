"""A mean over the features as well."""
# fails: distances_on_the_sphere


def byol_loss(prediction, target):
    gap = nn.functional.normalize(prediction) - nn.functional.normalize(target.detach())
    return (gap**2).mean()
