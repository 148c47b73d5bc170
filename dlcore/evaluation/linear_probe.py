"""How much of an answer a network's features hold already."""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Int, Shaped
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn

from dlcore.training import predict


class LinearProbe(NamedTuple):
    """Accuracies of a linear classifier on features that did not move.

    Attributes:
        train: on the examples it was fitted on.
        validation: on others.
        classifier: the fitted pipeline of scaling and logistic regression.
    """

    train: float
    validation: float
    classifier: Callable


def linear_probe(
    backbone: nn.Module,
    X: Shaped[Tensor, "n ..."],
    y: Int[Tensor, " n"],
    X_val: Shaped[Tensor, "m ..."],
    y_val: Int[Tensor, " m"],
    *,
    C: float = 1.0,
) -> LinearProbe:
    """Fit a linear classifier on the outputs of a network, which itself stays as it is.

    Args:
        backbone: maps inputs to features; in evaluation mode, without gradients.
        X: training inputs, shape (n, ...).
        y: training labels, shape (n,).
        X_val: validation inputs, shape (m, ...).
        y_val: validation labels, shape (m,).
        C: inverse strength of the classifier's squared penalty.

    Returns:
        Accuracies and the classifier.

    Raises:
        ValueError: inputs and labels of different lengths, or C that is not positive.

    Section: :ref:`sec-linear-probe`
    Source: Alain, Bengio (2017), Understanding intermediate layers using linear classifier probes,
        arXiv:1610.01644.

    Example:
        >>> import torch
        >>> X, y = torch.tensor([[-1.0], [1.0]] * 10), torch.tensor([0, 1] * 10)
        >>> linear_probe(nn.Identity(), X, y, X, y).validation
        1.0

    In production: sklearn.linear_model.LogisticRegression on the extracted features.
    """
    if not C > 0:
        raise ValueError(f"C must be positive, got {C}")
    if len(X) != len(y) or len(X_val) != len(y_val):
        raise ValueError(
            f"inputs and labels differ in length: {len(X)} and {len(y)}, {len(X_val)} and "
            f"{len(y_val)}"
        )
    features, features_val = (predict(backbone, A).flatten(1).cpu().numpy() for A in (X, X_val))
    labels, labels_val = y.cpu().numpy(), y_val.cpu().numpy()
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000))
    classifier.fit(features, labels)
    return LinearProbe(
        float(classifier.score(features, labels)),
        float(classifier.score(features_val, labels_val)),
        classifier,
    )
