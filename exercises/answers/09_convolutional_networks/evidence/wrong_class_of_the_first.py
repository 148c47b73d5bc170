"""The class of the first image for all of them."""
# fails: class_activation_map, slopes_that_differ

_cam = grad_cam


def grad_cam(features, head, x, labels):
    return _cam(features, head, x, labels[:1].expand(len(x)))
