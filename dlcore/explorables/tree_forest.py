"""Explorable: a decision tree that grows deeper, and a forest of such trees."""

import numpy as np
import torch
from jaxtyping import Float64
from sklearn.tree import DecisionTreeClassifier
from torch import Tensor

from dlcore.data import two_moons
from dlcore.explorables.explorable import Explorable, in_single_precision
from dlcore.explorables.panel import Panel
from dlcore.explorables.plane import into_plane, marks, packed_points, plane, wash
from dlcore.explorables.random_stream import uniforms
from dlcore.explorables.ranges import require_within

SCRIPTS = ("random_stream", "points", "contour", "wash", "tree_forest")
DEEPEST, WORST = 8, 25
# Walls stand at hundredths or halfway between: a new point shall lie on none.
ASIDE = 0.0025
COUNTS = 1, 2, 3, 5, 10, 20, 50
QUESTION = "A tree of depth 8 makes no error on its 100 points. Is it better than one of depth 2?"
PREDICTION = "Yes: the deeper the tree, the finer its answer."
FINDING = (
    "Not on new points. Depth 2 is wrong on 9 of its own 100 points and on 22 of 200 new ones; "
    "depth 8 on none of its own, but on 26 of the new: it has fenced in every stray point. Drag "
    "one, and walls far away may jump. A forest leaves its trees deep and lets many of them vote, "
    "each grown on its own draw of the points. They overfit in different places, and the vote "
    "evens that out: 50 trees of depth 8 are wrong on 14, and no smaller depth does better."
)


def sample() -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Two noisy moons: 100 points to learn from, 200 new ones."""
    X, y = into_plane(two_moons(300, noise=0.25, generator=torch.Generator().manual_seed(34)))
    learned = torch.arange(300) % 3 == 0
    return (X[learned], y[learned]), (X[~learned] + ASIDE, y[~learned])


def grow(
    X: Float64[Tensor, "n 2"], y: Float64[Tensor, " n"], depth: int, trees: int
) -> list[DecisionTreeClassifier]:
    """One tree on all points, or several on the bootstrap samples that the script draws too."""
    n = len(X)
    draws = [np.floor(uniforms(seed, n) * n).astype(int) for seed in range(1, trees + 1)]
    weights = [np.bincount(draw, minlength=n) for draw in draws] if trees > 1 else [np.ones(n)]
    return [
        DecisionTreeClassifier(max_depth=depth, random_state=0).fit(
            X.numpy(), y.numpy(), sample_weight=w
        )
        for w in weights
    ]


def shares(
    trees: list[DecisionTreeClassifier], places: Float64[Tensor, "n 2"]
) -> Float64[Tensor, " n"]:
    """The mean share of class 1 in the leaves."""
    votes = [tree.predict_proba(places.numpy())[:, 1] for tree in trees]
    return torch.from_numpy(np.mean(votes, axis=0))


def _plane(
    X: Float64[Tensor, "n 2"],
    y: Float64[Tensor, " n"],
    trees: list[DecisionTreeClassifier],
    depth: int,
) -> Panel:
    def score(at: Float64[Tensor, "h w 2"]) -> Float64[Tensor, "h w"]:
        return shares(trees, at.reshape(-1, 2)).reshape(at.shape[:2]) - 0.5

    name = "One tree" if len(trees) == 1 else f"{len(trees)} trees"
    panel = plane(f"{name} of depth {depth}").legend(blue=("●", "class 0"), gold=("▲", "class 1"))
    return marks(wash(panel, score, columns=81), X, y)


def _errors(train: list[float], fresh: list[float], single: list[float], depth: int) -> Panel:
    panel = Panel(
        "Wrong answers in %",
        (1, DEEPEST),
        (0, WORST),
        xticks={v: str(v) for v in range(1, DEEPEST + 1)},
        yticks={v: str(v) for v in (0, 5, 10, 15, 20, 25)},
        xlabel="depth",
    ).legend(blue=("- -", "own points"), red=("—", "new ones"), gray=("—", "new, one tree"))
    depths = range(1, DEEPEST + 1)
    panel.line("now", (depth, depth), (0, WORST), "gray", width=1)
    panel.line("single", depths if single else (), single, "gray")
    panel.line("train", depths, train, "blue", dash="6 4")
    return panel.line("new", depths, fresh, "red")


@in_single_precision
def tree_forest(
    depth: int = 8,
    trees: int = 1,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """A tree or a forest on 100 points of the plane, and its errors on 200 new ones by depth.

    The reader changes depth and number of trees and drags the points. A single tree is grown on all
    points, each of several on a bootstrap sample; with two features every split may use both.

    Args:
        depth: shown first, 1 to 8.
        trees: shown first: 1, 2, 3, 5, 10, 20 or 50.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: a depth out of range or another number of trees.

    Source: Breiman (1996), Bagging predictors, doi:10.1007/BF00058655.

    Example:
        >>> tree_forest(depth=3, trees=5).state["trees"]
        5

    In production: sklearn.ensemble.RandomForestClassifier.
    """
    require_within(1, DEEPEST, depth=depth)
    if trees not in COUNTS:
        raise ValueError(f"trees must be one of {', '.join(map(str, COUNTS))}, got {trees}")
    own, fresh = sample()
    forests = [grow(*own, d, trees) for d in range(1, DEEPEST + 1)]
    singles = [grow(*own, d, 1) for d in range(1, DEEPEST + 1)] if trees > 1 else []

    def errors(by_depth: list[list[DecisionTreeClassifier]], X: Tensor, y: Tensor) -> list[float]:
        wrong = [((shares(found, X) > 0.5 + 1e-9) != y.bool()).double() for found in by_depth]
        return [100 * v.mean().item() for v in wrong]

    train, new, single = errors(forests, *own), errors(forests, *fresh), errors(singles, *fresh)
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Left, 100 points of two moons and the regions of {trees} decision trees of depth "
        f"{depth}. Right, the wrong answers by depth: at this one {train[depth - 1]:.0f} % of "
        f"the points and {new[depth - 1]:.1f} % of 200 new ones.",
        [_plane(*own, forests[depth - 1], depth), _errors(train, new, single, depth)],
        {
            "depth": depth,
            "trees": trees,
            "counts": COUNTS,
            "fresh": packed_points(fresh[0] - ASIDE, fresh[1]),
            "aside": ASIDE,
            **packed_points(*own),
        },
    )
