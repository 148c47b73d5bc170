"""The box's own area, though part of it lies outside."""
# fails: box_at_the_border


def cutmix(x, targets, box, order, cutmix=cutmix):
    top, bottom, left, right = box
    lam = 1 - (bottom - top) * (right - left) / (x.shape[-2] * x.shape[-1])
    return cutmix(x, targets, box, order)[0], lam * targets + (1 - lam) * targets[order]
