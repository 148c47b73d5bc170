"""What the training part knows of the test part and should not."""

from typing import NamedTuple

import torch
from jaxtyping import Shaped
from scipy.stats import rankdata
from torch import Tensor

from dlcore.classical import nearest_neighbors


class LeakageReport(NamedTuple):
    """Where training and test part are not apart.

    Attributes:
        duplicates: positions of test examples that stand in the training part, bit for bit.
        near_duplicates: positions of those within the tolerance of a training example, the
            duplicates among them.
        groups: groups that are in both parts.
        late: positions of training examples observed after the first test example.
        proxies: features that alone tell a class from the others: their positions.
    """

    duplicates: list[int]
    near_duplicates: list[int]
    groups: list
    late: list[int]
    proxies: list[int]

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not any(self)

    def __str__(self) -> str:
        found = [f"{len(value)} {name}" for name, value in self._asdict().items() if value]
        return "leakage: " + ", ".join(found).replace("_", " ") if found else "no leakage found"


def check_leakage(
    X_train: Shaped[Tensor, "n ..."],
    X_test: Shaped[Tensor, "m ..."],
    y_train: Shaped[Tensor, " n"] | None = None,
    *,
    groups: tuple[Tensor, Tensor] | None = None,
    times: tuple[Tensor, Tensor] | None = None,
    tolerance: float = 0.0,
    proxy_auc: float = 0.99,
) -> LeakageReport:
    """Look for test examples, groups, later times and the answer itself in the training part.

    It sees only what is in the numbers: a scaler fitted on everything, or features selected on
    everything, leave no trace here.

    Args:
        X_train: training inputs, shape (n, ...).
        X_test: test inputs, shape (m, ...).
        y_train: training labels, shape (n,), to look for features that give them away.
        groups: what each example belongs to, in training and in test.
        times: when each was observed, in training and in test.
        tolerance: Euclidean distance up to which two examples are nearly the same.
        proxy_auc: a feature is suspect if it alone ranks a class against the others with at least
            this area under the ROC curve, in either direction.

    Returns:
        What was found; `clean` if nothing. A suspect feature need not be a leak: ask when its
        value is known.

    Raises:
        ValueError: no examples, inputs that are not finite, or inputs, labels, groups or times
            that do not fit.

    Section: :ref:`sec-leakage`
    Source: Kaufman, Rosset, Perlich, Stitelman (2012), Leakage in data mining,
        doi:10.1145/2382577.2382579.

    Example:
        >>> report = check_leakage(torch.eye(3), torch.tensor([[0.0, 1.0, 0.0], [5.0, 5.0, 5.0]]))
        >>> report.duplicates, str(report)
        ([0], 'leakage: 1 duplicates, 1 near duplicates')

    In production: the same, on hashes of the examples.
    """
    if len(X_train) == 0 or len(X_test) == 0 or X_train.shape[1:] != X_test.shape[1:]:
        raise ValueError(
            f"examples of one shape are needed, got {tuple(X_train.shape)}, {tuple(X_test.shape)}"
        )
    if not tolerance >= 0 or not 0.5 < proxy_auc <= 1:
        raise ValueError(
            f"tolerance >= 0 and proxy_auc in (0.5, 1] are needed, got {tolerance} and {proxy_auc}"
        )
    A, B = (X.detach().cpu().flatten(1) for X in (X_train, X_test.to(X_train.dtype)))
    if not (A.isfinite().all() and B.isfinite().all()):
        raise ValueError("X_train and X_test must be finite: fill in missing values first")
    seen = {row.numpy().tobytes() for row in A + 0}
    duplicates = [i for i, row in enumerate(B + 0) if row.numpy().tobytes() in seen]
    return LeakageReport(
        duplicates,
        _near(A.double(), B.double(), duplicates, tolerance),
        _shared(groups, len(A), len(B)),
        _late(times, len(A), len(B)),
        _proxies(A.double(), y_train, proxy_auc),
    )


def _near(A: Tensor, B: Tensor, duplicates: list[int], tolerance: float) -> list[int]:
    if tolerance == 0:
        return duplicates
    distances = nearest_neighbors(A, B, 1).distances[:, 0]
    return sorted({*duplicates, *(distances <= tolerance).nonzero()[:, 0].tolist()})


def _shared(groups: tuple[Tensor, Tensor] | None, n: int, m: int) -> list:
    if groups is None:
        return []
    train, test = _pair("groups", groups, n, m)
    return sorted(set(train.tolist()) & set(test.tolist()))


def _late(times: tuple[Tensor, Tensor] | None, n: int, m: int) -> list[int]:
    if times is None:
        return []
    train, test = _pair("times", times, n, m)
    return (train > test.min()).nonzero()[:, 0].tolist()


def _pair(name: str, values: tuple[Tensor, Tensor], n: int, m: int) -> tuple[Tensor, Tensor]:
    train, test = values
    if train.shape != (n,) or test.shape != (m,):
        raise ValueError(
            f"{name} must have shapes ({n},) and ({m},), got {tuple(train.shape)}, "
            f"{tuple(test.shape)}"
        )
    return train, test


def _proxies(A: Tensor, y: Tensor | None, proxy_auc: float) -> list[int]:
    if y is None:
        return []
    if y.shape != (len(A),):
        raise ValueError(f"y_train must have shape ({len(A)},), got {tuple(y.shape)}")
    ranks = torch.from_numpy(rankdata(A, axis=0))
    told: set[int] = set()
    for c in y.unique():
        members = (y == c).cpu()
        n = int(members.sum())
        if n < len(A):
            areas = (ranks[members].sum(0) - n * (n + 1) / 2) / (n * (len(A) - n))
            told.update((areas.maximum(1 - areas) >= proxy_auc).nonzero()[:, 0].tolist())
    return sorted(told)
