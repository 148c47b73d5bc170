"""The numbers of the kept boxes sorted."""
# fails: suppression_in_any_order, suppression_at_its_limits

_kept = nms


def nms(boxes, scores, threshold):
    return sorted(_kept(boxes, scores, threshold))
