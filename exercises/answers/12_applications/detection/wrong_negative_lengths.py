"""Two negative lengths make an area."""
# fails: pairs_by_hand, pairs_counted_in_pixels, suppression_by_class, every_object_once


def box_iou(a, b):
    low = torch.maximum(a[:, None, :2], b[:, :2])
    high = torch.minimum(a[:, None, 2:], b[:, 2:])
    common = (high - low).prod(dim=2)
    area_a, area_b = ((x[:, 2:] - x[:, :2]).prod(dim=1) for x in (a, b))
    return common / (area_a[:, None] + area_b - common)
