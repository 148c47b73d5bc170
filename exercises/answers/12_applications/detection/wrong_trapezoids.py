"""The area by trapezoids through the points."""
# fails: five_detections, areas_by_definition, areas_at_the_limits


def average_precision(images, threshold):
    objects = sum(len(truth) for _, _, truth in images)
    if objects == 0:
        return math.nan
    right = torch.tensor([r for image in images for r in match(*image, threshold)], dtype=torch.float64)
    order = torch.cat([scores for _, scores, _ in images]).sort(descending=True, stable=True).indices
    right = right[order]
    precision = right.cumsum(0) / torch.arange(1, len(right) + 1)
    recall = right.cumsum(0) / objects
    return torch.trapezoid(precision, recall).item() if len(right) else 0.0
