"""A detection whose best object is taken is wrong, even if it fits another."""
# fails: every_object_once


def match(boxes, scores, truth, threshold):
    overlap, right, taken = box_iou(boxes, truth), [False] * len(boxes), set()
    for i in scores.sort(descending=True, stable=True).indices.tolist():
        if len(truth) and overlap[i].max() >= threshold and overlap[i].argmax().item() not in taken:
            taken.add(overlap[i].argmax().item())
            right[i] = True
    return right
