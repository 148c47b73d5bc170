"""Counts instead of means."""


def parity_difference(predicted, group):
    counts = {}
    for p, g in zip(predicted.tolist(), group.tolist()):
        positive, total = counts.get(g, (0, 0))
        counts[g] = (positive + p, total + 1)
    shares = [positive / total for positive, total in counts.values()]
    return max(shares) - min(shares)


def opportunity_difference(predicted, actual, group):
    positive = actual > 0
    if set(group.tolist()) != set(group[positive].tolist()):
        raise ValueError("a group without positive people")
    return parity_difference(predicted[positive], group[positive])
