"""Pair by pair in plain Python; suppression by a shrinking list; classes by counting."""


def _iou(p, q):
    wide, high = min(p[2], q[2]) - max(p[0], q[0]), min(p[3], q[3]) - max(p[1], q[1])
    common = wide * high if wide > 0 and high > 0 else 0.0
    return common / ((p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1]) - common)


def box_iou(a, b):
    return torch.tensor([[_iou(p, q) for q in b.tolist()] for p in a.tolist()], dtype=a.dtype).reshape(len(a), len(b))


def nms(boxes, scores, threshold):
    left, kept = sorted(range(len(boxes)), key=lambda i: -scores[i].item()), []
    while left:
        best, *left = left
        kept.append(best)
        left = [i for i in left if _iou(boxes[best].tolist(), boxes[i].tolist()) <= threshold]
    return kept


def mean_iou(truth, prediction, classes):
    table = torch.bincount((truth * classes + prediction).flatten(), minlength=classes**2).reshape(classes, classes).double()
    union = table.sum(0) + table.sum(1) - table.diagonal()
    return (table.diagonal()[union > 0] / union[union > 0]).mean().item()


def dice_loss(probability, target, eps=1.0):
    both = probability.sum() + target.sum()
    return (both - 2 * torch.sum(probability * target)) / (both + eps)
