"""One sort of both samples, and the steps of both added up; numpy's histogram."""

import numpy as np


def ks_statistic(a, b):
    values, order = torch.cat([a, b]).sort()
    steps = torch.cat([torch.full((len(a),), 1 / len(a)), torch.full((len(b),), -1 / len(b))]).double()[order].cumsum(0)
    last = torch.cat([values[1:] != values[:-1], torch.tensor([True])])
    return steps[last].abs().max().item()


def stability_index(train, live, bins=10):
    borders = np.quantile(train.numpy(), np.linspace(0, 1, bins + 1)[1:-1])
    t, l = (np.bincount(np.searchsorted(borders, s.numpy(), side="left"), minlength=bins) + 0.5 for s in (train, live))
    t, l = t / t.sum(), l / l.sum()
    return float(((l - t) * np.log(l / t)).sum())
