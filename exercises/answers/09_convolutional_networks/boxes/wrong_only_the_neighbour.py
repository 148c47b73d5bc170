"""Compared with the last one that was kept only."""
# fails: suppression_in_any_order


def nms(boxes, scores, threshold):
    overlap, kept = box_iou(boxes, boxes), []
    for i in scores.argsort(descending=True).tolist():
        if not kept or overlap[i, kept[-1]] <= threshold:
            kept.append(i)
    return kept
