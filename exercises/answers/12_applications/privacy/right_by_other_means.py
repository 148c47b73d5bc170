"""Noise as a difference of exponentials, counts by loops, ranks."""


def private_counts(counts, epsilon, generator):
    u = torch.rand(counts.shape, generator=generator, dtype=torch.float64)
    low, high = torch.log(2 * u), -torch.log(2 * (1 - u))
    return counts + len(counts) / epsilon * torch.where(u < 0.5, low, high)


def empirical_epsilon(a, b, edges, least):
    limits, largest = [-math.inf, *edges.tolist(), math.inf], 0.0
    for i in range(len(limits) - 1):
        m = int(((a >= limits[i]) & (a < limits[i + 1])).sum())
        n = int(((b >= limits[i]) & (b < limits[i + 1])).sum())
        if m >= least and n >= least:
            largest = max(largest, abs(math.log(m) - math.log(n) - math.log(len(a) / len(b))))
    return largest


def attack_auc(members, others):
    points = [(m < o) + 0.5 * (m == o) for m in members.tolist() for o in others.tolist()]
    return sum(points) / len(points)


def attack_advantage(members, others):
    losses = sorted({*members.tolist(), *others.tolist()})
    best = 0.0
    for t in losses:
        tpr = sum(m <= t for m in members.tolist()) / len(members)
        fpr = sum(o <= t for o in others.tolist()) / len(others)
        best = max(best, tpr - fpr)
    return best
