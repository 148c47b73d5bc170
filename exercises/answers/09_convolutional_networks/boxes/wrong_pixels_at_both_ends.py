"""Sides longer by one, as if corners were pixels."""
# fails: three_pairs_by_hand, pairs_counted_in_pixels, apart_touching_within, suppression_in_any_order, suppression_at_its_limits


def box_iou(a, b):
    low, high = torch.maximum(a[:, None, :2], b[:, :2]), torch.minimum(a[:, None, 2:], b[:, 2:])
    common = (high - low + 1).clamp(min=0).prod(dim=2)
    areas = [(boxes[:, 2:] - boxes[:, :2] + 1).prod(dim=1) for boxes in (a, b)]
    return common / (areas[0][:, None] + areas[1] - common)
