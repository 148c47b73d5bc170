"""An IoU that equals the threshold not allowed."""
# fails: suppression_at_its_limits


def nms(boxes, scores, threshold):
    overlap, kept = box_iou(boxes, boxes), []
    for i in scores.argsort(descending=True).tolist():
        if all(overlap[i, j] < threshold for j in kept):
            kept.append(i)
    return kept
