"""Counting, ranks, and precision at every positive."""


def confusion(y, guess, K):
    C = torch.zeros(K, K, dtype=torch.long)
    for a, b in zip(y.tolist(), guess.tolist()):
        C[a, b] += 1
    return C


def f_score(C, average, beta=1.0):
    hits, misses, alarms = [], [], []
    for k in range(len(C)):
        hits.append(int(C[k, k]))
        misses.append(int(C[k].sum() - C[k, k]))
        alarms.append(int(C[:, k].sum() - C[k, k]))

    def score(tp, fn, fp):
        under = (1 + beta**2) * tp + beta**2 * fn + fp
        return (1 + beta**2) * tp / under if under else 0.0

    if average == "micro":
        return score(sum(hits), sum(misses), sum(alarms))
    scores = [score(*counts) for counts in zip(hits, misses, alarms)]
    shares = [(tp + fn) / int(C.sum()) for tp, fn in zip(hits, misses)] if average == "weighted" else [1 / len(C)] * len(C)
    return sum(a * b for a, b in zip(shares, scores))


def roc_auc(y, s):
    positives, negatives = int((y == 1).sum()), int((y == 0).sum())
    if not positives or not negatives:
        raise ValueError("one class is missing")
    ranks = (s[:, None] > s).double().sum(1) + ((s[:, None] == s).double().sum(1) + 1) / 2
    return (ranks[y == 1].sum().item() - positives * (positives + 1) / 2) / positives / negatives


def average_precision(y, s):
    return sum(y[s >= t].double().mean().item() for t in s[y == 1]) / int(y.sum())


def precision_at(tpr, fpr, prevalence):
    if tpr * prevalence == 0:
        return 0.0
    return 1 / (1 + fpr * (1 - prevalence) / (tpr * prevalence))


def stratified_split(y, fraction, generator):
    order = torch.randperm(len(y), generator=generator)
    held = torch.zeros(len(y), dtype=torch.bool)
    for c in set(y.tolist()):
        of_class = [i for i in order.tolist() if y[i] == c]
        held[of_class[: int(fraction * len(of_class))]] = True
    return torch.where(~held)[0], torch.where(held)[0]
