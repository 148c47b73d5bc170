"""Which examples to label next: those a model is unsure of, or those that stand for the others."""

from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

Strategy = Literal["margin", "least-confidence", "entropy"]
Acquire = Literal["random", "k-center", "margin", "least-confidence", "entropy"]


def uncertainty_scores(
    probabilities: Float[Tensor, "n k"], strategy: Strategy = "margin"
) -> Float[Tensor, " n"]:
    r"""How unsure predicted probabilities are; higher is less sure.

    Args:
        probabilities: rows that sum to 1, at least two classes, shape (n, k).
        strategy: "margin": one less the gap between the two likeliest classes;
            "least-confidence": $1 - \max_k p_k$; "entropy": $-\sum_k p_k \ln p_k$.

    Returns:
        Scores, shape (n,). With two classes all three give one order.

    Raises:
        ValueError: what is no probability, or an unknown strategy.

    Equation: :eq:`eq-uncertainty-scores`.
    Section: :ref:`sec-active-learning`.

    Source: Lewis, Gale (1994), A sequential algorithm for training text classifiers,
        arXiv:cmp-lg/9407020; Scheffer, Decomain, Wrobel (2001), doi:10.1007/3-540-44816-0_31;
        Settles (2009), Active learning literature survey.

    Example:
        >>> probabilities = torch.tensor([[0.5, 0.25, 0.25], [0.5, 0.5, 0.0]])
        >>> uncertainty_scores(probabilities).tolist()
        [0.75, 1.0]
        >>> uncertainty_scores(probabilities, "entropy").argmax().item()
        0

    In production: modAL, skactiveml.
    """
    if probabilities.ndim != 2 or probabilities.shape[1] < 2:
        raise ValueError(f"probabilities (n, k), k at least 2: got {tuple(probabilities.shape)}")
    sums = probabilities.sum(1)
    if not ((probabilities >= 0).all() and ((sums - 1).abs() < 1e-3).all()):
        raise ValueError("each row must hold probabilities that sum to 1: apply softmax to logits")
    if strategy == "entropy":
        return -torch.xlogy(probabilities, probabilities).sum(1)
    first, second = probabilities.topk(2, dim=1).values.unbind(1)
    if strategy == "least-confidence":
        return 1 - first
    if strategy == "margin":
        return 1 - (first - second)
    raise ValueError(
        f"strategy must be 'margin', 'least-confidence' or 'entropy', got {strategy!r}"
    )


def uncertainty_sampling(
    probabilities: Float[Tensor, "n k"],
    n_queries: int,
    *,
    strategy: Strategy = "margin",
    labelled: Int[Tensor, " l"] | None = None,
) -> Int[Tensor, " q"]:
    """The examples a model is least sure of.

    Args:
        probabilities: of all examples, rows that sum to 1, shape (n, k).
        n_queries: how many to choose.
        strategy: see `uncertainty_scores`.
        labelled: indices that are labelled already and not chosen, shape (l,).

    Returns:
        Indices, the least sure first, ties in order of the examples, shape (q,).

    Raises:
        ValueError: fewer than n_queries examples are left, or as in `uncertainty_scores`.

    Equation: :eq:`eq-uncertainty-scores`.
    Section: :ref:`sec-active-learning`.

    Source: Settles (2009), Active learning literature survey.

    Example:
        >>> probabilities = torch.tensor([[0.9, 0.1], [0.55, 0.45], [0.5, 0.5], [0.7, 0.3]])
        >>> uncertainty_sampling(probabilities, 2, labelled=torch.tensor([2])).tolist()
        [1, 3]

    In production: modAL.uncertainty.uncertainty_sampling.
    """
    scores = uncertainty_scores(probabilities, strategy).clone()
    done = 0
    if labelled is not None:
        done = len(labelled.unique())
        scores[labelled] = -torch.inf
    if not 0 < n_queries <= len(scores) - done:
        raise ValueError(f"{len(scores) - done} examples are left, {n_queries} were asked for")
    return scores.sort(descending=True, stable=True).indices[:n_queries]


def covering_radius(X: Float[Tensor, "n d"], centers: Int[Tensor, " c"]) -> float:
    """The largest distance of any point to the nearest centre.

    Args:
        X: points, shape (n, d).
        centers: indices of the centres, at least one, shape (c,).

    Returns:
        The distance that k-centre methods make small.

    Raises:
        ValueError: no points or no centres.

    Equation: :eq:`eq-k-center`.
    Section: :ref:`sec-active-learning`.

    Source: Gonzalez (1985), doi:10.1016/0304-3975(85)90224-5.

    Example:
        >>> covering_radius(torch.tensor([[0.0], [1.0], [5.0]]), torch.tensor([0]))
        5.0

    In production: scipy.spatial.KDTree.
    """
    if X.ndim != 2 or not len(X) or centers.ndim != 1 or not len(centers):
        raise ValueError(f"points (n, d) and centres: {tuple(X.shape)}, {tuple(centers.shape)}")
    return float(torch.cdist(X, X[centers]).amin(1).max())


def k_center_greedy(
    X: Float[Tensor, "n d"], n_centers: int, *, centers: Int[Tensor, " c"] | None = None
) -> Int[Tensor, " q"]:
    """Points that cover the others: each next one is the farthest from those chosen.

    The radius is at most twice the best possible one of as many centres (without given ones).

    Args:
        X: points, better a model's representations than raw inputs, shape (n, d).
        n_centers: how many to choose.
        centers: indices that are centres already, as the labelled examples, shape (c,); without
            them the first point is chosen first.

    Returns:
        New indices in order of choice, shape (q,).

    Raises:
        ValueError: X is no table, or fewer than n_centers points are left.

    Equation: :eq:`eq-k-center`.
    Section: :ref:`sec-active-learning`.

    Source: Gonzalez (1985), Clustering to minimize the maximum intercluster distance,
        doi:10.1016/0304-3975(85)90224-5; Sener, Savarese (2018), Active learning for convolutional
        neural networks: a core-set approach, arXiv:1708.00489.

    Example:
        >>> k_center_greedy(torch.tensor([[0.0], [1.0], [5.0], [9.0]]), 3).tolist()
        [0, 3, 2]

    In production: skactiveml.pool.CoreSet.
    """
    given = X.new_zeros(0, dtype=torch.long) if centers is None else centers.unique()
    if X.ndim != 2 or not 0 < n_centers <= len(X) - len(given):
        raise ValueError(
            f"points (n, d) and 1 to {len(X) - len(given)} new centres: got {tuple(X.shape)} and "
            f"{n_centers}"
        )
    nearest = X.new_full((len(X),), torch.inf)
    if len(given):
        nearest = torch.cdist(X, X[given]).amin(1)
    nearest[given] = -1.0
    chosen = []
    for _ in range(n_centers):
        farthest = int(nearest.argmax())
        chosen.append(farthest)
        nearest = nearest.minimum((X - X[farthest]).norm(dim=1))
        nearest[farthest] = -1.0
    return torch.tensor(chosen, device=X.device)


class LabellingRounds(NamedTuple):
    """How accuracy grows with labels.

    Attributes:
        labels: how many were known, before each round of questions and at the end, shape (r + 1,).
        accuracy: on the test set, shape (r + 1,).
        chosen: indices of the labelled examples in order, shape (l,).
    """

    labels: Int[Tensor, " r"]
    accuracy: Float[Tensor, " r"]
    chosen: Int[Tensor, " l"]


def active_learning_curve(
    model: Any,
    X: Float[Tensor, "n d"],
    y: Int[Tensor, " n"],
    X_test: Float[Tensor, "m d"],
    y_test: Int[Tensor, " m"],
    *,
    acquire: Acquire,
    initial: Int[Tensor, " i"],
    batch: int = 10,
    rounds: int = 8,
    generator: torch.Generator | None = None,
) -> LabellingRounds:
    """Train, ask for labels, train again: accuracy after each round.

    Args:
        model: a classifier with `fit`, `predict` and `predict_proba`, trained from scratch each
            round.
        X: the pool, shape (n, d).
        y: its labels, looked at for chosen examples only, shape (n,).
        X_test: test examples, shape (m, d); they choose nothing.
        y_test: their labels, shape (m,).
        acquire: "random", "k-center", or a strategy of `uncertainty_scores`.
        initial: indices labelled at the start, at least two classes among them.
        batch: labels a round.
        rounds: how many rounds.
        generator: source of "random"; by default torch's global one.

    Returns:
        Numbers of labels, accuracies, and which were labelled.

    Raises:
        ValueError: an unknown way to acquire, or more labels than the pool holds.

    Section: :ref:`sec-active-learning`.

    Source: Settles (2009), Active learning literature survey.

    Example:
        >>> from dlcore.classical import KNeighborsClassifier
        >>> X = torch.tensor([[0.0], [1.0], [9.0], [10.0]])
        >>> y = torch.tensor([0, 0, 1, 1])
        >>> active_learning_curve(KNeighborsClassifier(1), X, y, X, y, acquire="k-center",
        ...     initial=torch.tensor([0, 3]), batch=1, rounds=1).accuracy.tolist()
        [1.0, 1.0]

    In production: skactiveml, modAL.
    """
    if acquire not in ("random", "k-center", "margin", "least-confidence", "entropy"):
        raise ValueError(f"unknown way to acquire: {acquire!r}")
    if rounds < 0 or batch < 1 or len(initial) + rounds * batch > len(X):
        raise ValueError(
            f"{len(X)} examples cannot give {len(initial)} + {rounds} x {batch} labels"
        )
    chosen, labels, accuracy = initial, [], []
    for stage in range(rounds + 1):
        model.fit(X[chosen].numpy(), y[chosen].numpy())
        guesses = torch.as_tensor(np.asarray(model.predict(X_test.numpy())))
        labels.append(len(chosen))
        accuracy.append(float((guesses == y_test).double().mean()))
        if stage == rounds:
            break
        if acquire == "random":
            order = torch.randperm(len(X), generator=generator)
            more = order[~torch.isin(order, chosen)][:batch]
        elif acquire == "k-center":
            more = k_center_greedy(X, batch, centers=chosen)
        else:
            p = torch.as_tensor(np.asarray(model.predict_proba(X.numpy())))
            more = uncertainty_sampling(p, batch, strategy=acquire, labelled=chosen)
        chosen = torch.cat([chosen, more])
    return LabellingRounds(torch.tensor(labels), torch.tensor(accuracy), chosen)
