"""Boxes sorted in place."""
# fails: inputs_kept

_kept = nms


def nms(boxes, scores, threshold):
    kept = _kept(boxes, scores, threshold)
    scores.copy_(scores.sort(descending=True).values)
    return kept
