"""The mean over the maps for their sum."""
# fails: one_pixel_by_hand, class_activation_map, slopes_that_differ

_cam = grad_cam


def grad_cam(features, head, x, labels):
    return _cam(features, head, x, labels) / features(x).shape[1]
