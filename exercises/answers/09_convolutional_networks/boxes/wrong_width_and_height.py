"""The last two numbers taken for width and height."""
# fails: three_pairs_by_hand, chain_of_three, pairs_counted_in_pixels, apart_touching_within, suppression_in_any_order

_iou = box_iou


def box_iou(a, b):
    a, b = (torch.cat([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], dim=1) for boxes in (a, b))
    return _iou(a, b)
