"""What samples are good for: a classifier learned from them, judged on real examples."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor


class SyntheticTraining(NamedTuple):
    """Accuracies on the same real test set.

    Attributes:
        synthetic: of the classifier that saw only generated examples.
        real: of the one that saw only real examples.
        both: of the one that saw both: is there anything to gain by adding them?

    Section: :ref:`sec-synthetic-data`.

    Example:
        >>> SyntheticTraining(0.8, 0.9, 0.91).real
        0.9

    In production: the same three numbers.
    """

    synthetic: float
    real: float
    both: float


def train_on_synthetic_test_on_real(
    synthetic: tuple[Float[Tensor, "m d"], Int[Tensor, " m"]],
    train: tuple[Float[Tensor, "n d"], Int[Tensor, " n"]],
    test: tuple[Float[Tensor, "t d"], Int[Tensor, " t"]],
    *,
    classifier: Any = None,
) -> SyntheticTraining:
    """Train the same classifier on generated, on real and on all examples; test it on real ones.

    Generated examples of the right classes that are too alike, or lie on the wrong side of a
    boundary, show here even where they look good. They hold nothing that the generator did not get
    from its own training data.

    Args:
        synthetic: generated examples (m, d) and the classes asked for (m,).
        train: real examples and their classes, those that the generator was trained on.
        test: real examples that neither has seen.
        classifier: scikit-learn's way of fit and score; by default logistic regression on
            standardized features.

    Returns:
        The three accuracies.

    Raises:
        ValueError: examples and classes that do not fit, or an empty set.

    Section: :ref:`sec-synthetic-data`.

    Source: Esteban, Hyland, Rätsch (2017), Real-valued (medical) time series generation with
        recurrent conditional GANs, arXiv:1706.02633; Ravuri, Vinyals (2019), Classification
        accuracy score for conditional generative models, arXiv:1905.10887.

    Example:
        >>> import torch
        >>> X, y = torch.tensor([[-1.0], [-2.0], [1.0], [2.0]]), torch.tensor([0, 0, 1, 1])
        >>> train_on_synthetic_test_on_real((X, 1 - y), (X, y), (X, y))[:2]
        (0.0, 1.0)

    In production: scikit-learn's classifiers.
    """
    sets = [_numpy(name, *pair) for name, pair in zip(
        ("synthetic", "train", "test"), (synthetic, train, test), strict=True
    )]  # fmt: skip
    if len({X.shape[1] for X, _ in sets}) != 1:
        raise ValueError(f"features differ: {[X.shape for X, _ in sets]}")
    if classifier is None:
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    made, seen, new = sets
    together = tuple(np.concatenate(parts) for parts in zip(made, seen, strict=True))
    scores = []
    for X, y in (made, seen, together):
        model = clone(classifier)
        model.fit(X, y)
        scores.append(float(model.score(*new)))
    return SyntheticTraining(*scores)


def _numpy(name: str, X: Tensor, y: Tensor) -> tuple[np.ndarray, np.ndarray]:
    if X.ndim != 2 or y.shape != X.shape[:1] or len(X) == 0:
        raise ValueError(
            f"{name} must be examples (n, d) and classes (n,), got {tuple(X.shape)} and "
            f"{tuple(y.shape)}"
        )
    return X.detach().cpu().numpy(), y.detach().cpu().numpy()
