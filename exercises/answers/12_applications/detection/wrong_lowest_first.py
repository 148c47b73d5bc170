"""The lowest score first."""
# fails: five_detections, suppression_by_class, every_object_once, areas_by_definition, areas_at_the_limits

_nms, _match, _area = nms, match, average_precision


def nms(boxes, scores, labels, threshold):
    return _nms(boxes, -scores, labels, threshold)


def match(boxes, scores, truth, threshold):
    return _match(boxes, -scores, truth, threshold)


def average_precision(images, threshold):
    return _area([(boxes, -scores, truth) for boxes, scores, truth in images], threshold)
