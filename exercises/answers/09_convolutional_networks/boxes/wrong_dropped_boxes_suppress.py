"""What was dropped suppresses others."""
# fails: chain_of_three, suppression_in_any_order


def nms(boxes, scores, threshold):
    order = scores.argsort(descending=True).tolist()
    overlap = box_iou(boxes, boxes)
    return [i for n, i in enumerate(order) if all(overlap[i, j] <= threshold for j in order[:n])]
