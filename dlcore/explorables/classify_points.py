"""Explorable: two classifiers side by side on points that the reader moves."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float64
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from dlcore.data import Examples, blobs
from dlcore.explorables.explorable import Explorable, in_single_precision
from dlcore.explorables.panel import Panel
from dlcore.explorables.plane import (
    LIMIT,
    labelled_points,
    marks,
    packed_points,
    plane,
    wash,
)

SCRIPTS = (
    "activations",
    "scientific",
    "points",
    "neighbours",
    "contour",
    "wash",
    "classify_points",
)
CENTERS, STRAY = ((-0.8, -0.2), (0.8, 0.2)), (-1.1, -0.15)
QUESTION = "One triangle has strayed among the discs. Whose boundary gives way to it?"
PREDICTION = "Both bend towards it, the straight line as well as it can."
FINDING = (
    "The nearest neighbour's gives way, but only there: with k = 1 the stray owns an island, and "
    "the rest of the plane does not notice. With k = 3 its neighbours outvote it and the island is "
    "gone. Logistic regression cannot make islands. It answers by tilting the line: one place in "
    "twenty changes sides, none of them near the stray, and the colours become paler, for it is "
    "less certain everywhere. Drag the stray about: the island follows, the line tilts. Drag the "
    "outermost triangle farther out, and neither moves much: that point was right already."
)


def sample() -> Examples:
    """Two clouds of 14 points and one triangle among the discs, to two decimals."""
    generator = torch.Generator().manual_seed(4)
    X, y = blobs(28, torch.tensor(CENTERS), noise=0.3, generator=generator)
    limit = torch.tensor(LIMIT)
    X = torch.cat([X.clamp(-limit, limit), torch.tensor([STRAY])])
    return Examples((100 * X.double()).round() / 100, torch.cat([y, torch.ones_like(y[:1])]))


def logistic_regression(
    X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"], penalty: float
) -> Float64[Tensor, " 3"]:
    """Both weights and the bias, by scikit-learn."""
    model = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=1000)
    model.fit(X.numpy(), y.numpy())
    return torch.from_numpy(np.append(model.coef_, model.intercept_))


def _linear(X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"], penalty: float) -> Panel:
    theta = logistic_regression(X, y, penalty)
    panel = plane("Logistic regression").legend(blue=("●", "class 0"), gold=("▲", "class 1"))
    return marks(wash(panel, lambda at: at @ theta[:2] + theta[2]), X, y)


def _nearest(X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"], k: int) -> Panel:
    model = KNeighborsClassifier(min(k, len(X))).fit(X.numpy(), y.numpy())

    def score(at: Float64[Tensor, "h w 2"]) -> Float64[Tensor, "h w"]:
        shares = model.predict_proba(at.reshape(-1, 2).numpy())[:, 1]
        return torch.from_numpy(shares.reshape(at.shape[:2]) - 0.5)

    panel = plane(f"Nearest neighbours, k = {k}").legend(
        blue=("●", "class 0"), gold=("▲", "class 1")
    )
    return marks(wash(panel, score, columns=65), X, y)


@in_single_precision
def classify_points(
    points: Sequence[Sequence[float]] | Tensor | None = None,
    labels: Sequence[int] | Tensor | None = None,
    *,
    k: int = 1,
    penalty: float = 0.1,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """Logistic regression and nearest neighbours on the same points, fitted at every move.

    The reader drags, adds and removes points of two classes and changes k and the penalty
    lambda / 2 |w|^2 on the weights of the logistic regression, whose bias is free.

    Args:
        points: shape (n, 2), 2 to 60 within 1.9 by 1.15 of the origin; by default two clouds and
            one stray point.
        labels: 0 or 1 for each point.
        k: neighbours asked first, an odd number from 1 to 15.
        penalty: lambda shown first, 0.001 to 100.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: points or labels of another kind, or a number out of range.

    Source: Hastie, Tibshirani, Friedman (2009), The elements of statistical learning, chapter 2,
    doi:10.1007/978-0-387-84858-7.

    Example:
        >>> classify_points([[-1, 0], [1, 0]], [0, 1]).state["labels"]
        '01'

    In production: sklearn.linear_model.LogisticRegression, sklearn.neighbors.KNeighborsClassifier.
    """
    if k not in range(1, 16, 2):
        raise ValueError(f"k must be an odd number from 1 to 15, got {k}")
    if not 0.001 <= penalty <= 100:
        raise ValueError(f"penalty must lie between 0.001 and 100, got {penalty}")
    if points is None and labels is None:
        points, labels = sample()
    X, y = labelled_points(points, labels)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"The same {len(X)} points of two classes twice. Left, the plane is parted by the straight "
        f"line of a logistic regression with penalty {penalty:g}; right, by the vote of the "
        f"{k} nearest points.",
        [_linear(X, y, penalty), _nearest(X, y, k)],
        {
            **packed_points(X, y),
            "k": k,
            "penalty": math.log10(penalty),
        },
    )
