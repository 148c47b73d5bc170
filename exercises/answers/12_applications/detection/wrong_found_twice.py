"""One object makes several detections right."""
# fails: five_detections, every_object_once


def match(boxes, scores, truth, threshold):
    return [any(row) for row in (box_iou(boxes, truth) >= threshold).tolist()]
