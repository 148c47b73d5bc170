"""The lowest score first."""
# fails: chain_of_three, suppression_in_any_order, suppression_at_its_limits


def nms(boxes, scores, threshold):
    overlap, kept = box_iou(boxes, boxes), []
    for i in scores.argsort().tolist():
        if all(overlap[i, j] <= threshold for j in kept):
            kept.append(i)
    return kept
