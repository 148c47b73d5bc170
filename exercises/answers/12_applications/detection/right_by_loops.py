"""Pair by pair, lists, and precision at every recall."""


def _iou(p, q):
    wide, high = min(p[2], q[2]) - max(p[0], q[0]), min(p[3], q[3]) - max(p[1], q[1])
    common = wide * high if wide > 0 and high > 0 else 0.0
    return common / ((p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1]) - common)


def box_iou(a, b):
    return torch.tensor([[_iou(p, q) for q in b.tolist()] for p in a.tolist()], dtype=a.dtype).reshape(len(a), len(b))


def nms(boxes, scores, labels, threshold):
    left = sorted(range(len(boxes)), key=lambda i: -scores[i].item())
    kept = []
    while left:
        best = left[0]
        kept.append(best)
        left = [i for i in left[1:] if labels[i] != labels[best] or _iou(boxes[i].tolist(), boxes[best].tolist()) <= threshold]
    return kept


def match(boxes, scores, truth, threshold):
    overlap, taken = box_iou(boxes, truth).tolist(), set()
    right = [False] * len(boxes)
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i].item(), i)):
        free = [(value, -k) for k, value in enumerate(overlap[i]) if k not in taken]
        if free and max(free)[0] >= threshold:
            taken.add(-max(free)[1])
            right[i] = True
    return right


def average_precision(images, threshold):
    objects = sum(len(truth) for _, _, truth in images)
    if not objects:
        return float("nan")
    ranked = []
    for number, (boxes, scores, truth) in enumerate(images):
        for place, right in enumerate(match(boxes, scores, truth, threshold)):
            ranked.append((-scores[place].item(), number, place, right))
    hits, curve = 0, []
    for n, (*_, right) in enumerate(sorted(ranked), start=1):
        hits += right
        curve.append((hits, hits / n))
    return sum(max([p for k, p in curve if k >= j], default=0.0) for j in range(1, objects + 1)) / objects
