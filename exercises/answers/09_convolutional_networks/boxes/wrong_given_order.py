"""The boxes taken in the order in which they are given."""
# fails: suppression_in_any_order, suppression_at_its_limits


def nms(boxes, scores, threshold):
    overlap, kept = box_iou(boxes, boxes), []
    for i in range(len(boxes)):
        if all(overlap[i, j] <= threshold for j in kept):
            kept.append(i)
    return kept
