"""Dice for IoU."""
# fails: three_pairs_by_hand, pairs_counted_in_pixels, apart_touching_within, suppression_in_any_order, suppression_at_its_limits

_iou = box_iou


def box_iou(a, b):
    return 2 * _iou(a, b) / (1 + _iou(a, b))
