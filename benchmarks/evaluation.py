"""Measures beside scikit-learn and SciPy: 100,000 examples, the same numbers on both sides."""

from collections.abc import Callable

import numpy as np
import sklearn.isotonic
import sklearn.metrics
import torch
from scipy import stats

from dlcore import evaluation

Pair = tuple[Callable[[], object], Callable[[], object]]
Make = Callable[..., Pair]
N = 100_000


def _numbers(*values: object) -> tuple[torch.Tensor, ...]:
    return tuple(torch.as_tensor(np.asarray(value), dtype=torch.float64) for value in values)


def _binary(mine: Callable, peer: Callable) -> Make:
    """Scores with some ties, and labels that go with them."""

    def make(device: torch.device, n: int = N) -> Pair:
        generator = torch.Generator().manual_seed(0)
        scores = torch.randn(n, dtype=torch.float64, generator=generator).round(decimals=4)
        y = (scores + torch.randn(n, generator=generator) > 1).long()
        s, t = scores.numpy(), y.numpy()
        scores, y = scores.to(device), y.to(device)
        return lambda: _numbers(mine(scores, y)), lambda: _numbers(peer(t, s))

    return make


def _macro_f1(device: torch.device, n: int = N) -> Pair:
    generator = torch.Generator().manual_seed(0)
    labels, y = torch.randint(0, 10, (2, n), generator=generator)
    a, b = y.numpy(), labels.numpy()
    labels, y = labels.to(device), y.to(device)
    return (
        lambda: _numbers(evaluation.f1_score(labels, y, average="macro")),
        lambda: _numbers(sklearn.metrics.f1_score(a, b, average="macro")),
    )


def _ndcg(device: torch.device, n: int = N) -> Pair:
    generator = torch.Generator().manual_seed(0)
    scores = torch.rand(n // 100, 100, dtype=torch.float64, generator=generator)
    relevance = torch.randint(0, 4, scores.shape, generator=generator)
    s, r = scores.numpy(), relevance.numpy()
    scores, relevance = scores.to(device), relevance.to(device)
    return (
        lambda: _numbers(evaluation.ndcg(scores, relevance, 10).mean().cpu()),
        lambda: _numbers(sklearn.metrics.ndcg_score(r, s, k=10)),
    )


def _isotonic(device: torch.device, n: int = N) -> Pair:
    generator = torch.Generator().manual_seed(0)
    y = (torch.rand(n, generator=generator) < torch.linspace(0, 1, n)).double()
    values = y.numpy()
    y = y.to(device)
    return (
        lambda: _numbers(evaluation.pava(y).cpu()),
        lambda: _numbers(sklearn.isotonic.isotonic_regression(values)),
    )


def _two_samples(device: torch.device, n: int = N) -> Pair:
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(n // 50, dtype=torch.float64, generator=generator)
    a, b = values[: n // 90], values[n // 90 :]
    x, y = a.numpy(), b.numpy()
    a, b = a.to(device), b.to(device)
    return (
        lambda: _numbers(evaluation.ks_2samp(a, b, method="exact").p_value.cpu()),
        lambda: _numbers(stats.ks_2samp(x, y, method="exact").pvalue),
    )


EVALUATION: dict[str, tuple[str, Make]] = {
    "area under the ROC curve": (
        "sklearn roc_auc_score",
        _binary(evaluation.roc_auc, sklearn.metrics.roc_auc_score),
    ),
    "average precision": (
        "sklearn",
        _binary(evaluation.average_precision, sklearn.metrics.average_precision_score),
    ),
    "F1 of ten classes, macro": ("sklearn f1_score", _macro_f1),
    "nDCG at 10, lists of 100": ("sklearn ndcg_score", _ndcg),
    "isotonic fit": ("sklearn isotonic_regression", _isotonic),
    "exact test of two samples of 1,000": ("scipy ks_2samp", _two_samples),
}
