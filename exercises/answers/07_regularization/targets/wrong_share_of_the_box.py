"""The share of the box for that of the rest."""
# fails: box_inside, box_at_the_border


def cutmix(x, targets, box, order, cutmix=cutmix):
    pasted, soft = cutmix(x, targets, box, order)
    return pasted, targets + targets[order] - soft
