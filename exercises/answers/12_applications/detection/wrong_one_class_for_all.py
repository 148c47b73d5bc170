"""Boxes of other classes suppress."""
# fails: suppression_by_class

_nms = nms


def nms(boxes, scores, labels, threshold):
    return _nms(boxes, scores, torch.zeros_like(labels), threshold)
