"""NumPy for the counts, the curve of rates for the area."""

import numpy as np


def confusion(y, guess, K):
    C = np.zeros((K, K), dtype=np.int64)
    np.add.at(C, (y.numpy(), guess.numpy()), 1)
    return torch.from_numpy(C)


def f_score(C, average, beta=1.0):
    C = C.numpy().astype(float)
    tp, fn, fp = np.diag(C), C.sum(1) - np.diag(C), C.sum(0) - np.diag(C)
    if average == "micro":
        tp, fn, fp = (v.sum(keepdims=True) for v in (tp, fn, fp))
    over, under = (1 + beta**2) * tp, (1 + beta**2) * tp + beta**2 * fn + fp
    scores = np.divide(over, under, out=np.zeros_like(over), where=under > 0)
    return float(np.average(scores, weights=C.sum(1) if average == "weighted" else None))


def roc_auc(y, s):
    y, s = y.numpy(), s.numpy()
    if y.min() == y.max():
        raise ValueError("all labels are equal")
    cuts = np.unique(s)[::-1]
    tpr = np.array([0.0, *[(s[y == 1] >= t).mean() for t in cuts]])
    fpr = np.array([0.0, *[(s[y == 0] >= t).mean() for t in cuts]])
    return float(((fpr[1:] - fpr[:-1]) * (tpr[1:] + tpr[:-1]) / 2).sum())
