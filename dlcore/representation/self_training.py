"""Learning from one's own confident answers."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from sklearn.base import clone
from torch import Tensor

from dlcore.classical.estimator import as_array


class PseudoLabels(NamedTuple):
    """What a model says, and of which examples it is sure.

    Attributes:
        labels: the likeliest class, shape (n,).
        confident: whether its probability is above the threshold, shape (n,).
    """

    labels: Int[Tensor, " n"]
    confident: Bool[Tensor, " n"]


class SelfTraining(NamedTuple):
    """How self-training went.

    Attributes:
        model: fitted on the given and on all labels that were added.
        labels: of the unlabelled examples; -1 where the model was never sure, shape (m,).
        rounds: in which round, from 1, a label was added; 0 for none, shape (m,).
    """

    model: Any
    labels: Int[Tensor, " m"]
    rounds: Int[Tensor, " m"]


def pseudo_label(probabilities: Float[Tensor, "n c"], threshold: float = 0.9) -> PseudoLabels:
    """Take the likeliest class for the truth where its probability is above a threshold.

    Args:
        probabilities: one row for each example, shape (n, c).
        threshold: from 0 to 1.

    Returns:
        Labels and whether each is confident, both of shape (n,).

    Raises:
        ValueError: a threshold outside of [0, 1], or no matrix of probabilities.

    Equation: :eq:`eq-pseudo-label`
    Section: :ref:`sec-self-training`
    Source: Lee (2013), Pseudo-label: the simple and efficient semi-supervised learning method for
        deep neural networks, ICML workshop on challenges in representation learning.

    Example:
        >>> pseudo_label(torch.tensor([[0.95, 0.05], [0.4, 0.6]]))
        PseudoLabels(labels=tensor([0, 1]), confident=tensor([ True, False]))

    In production: torch.max over the classes.
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"pseudo_label: threshold must be in [0, 1], got {threshold}")
    if probabilities.ndim != 2 or probabilities.shape[1] == 0 or (probabilities < 0).any():
        raise ValueError(
            f"pseudo_label needs probabilities of shape (n, c), got {tuple(probabilities.shape)}"
            + (" with negative numbers" if probabilities.ndim == 2 else "")
        )
    highest, labels = probabilities.max(dim=1)
    return PseudoLabels(labels, highest > threshold)


def self_train(
    model: Any,
    X: Float[Tensor, "n d"],
    y: Int[Tensor, " n"],
    X_unlabelled: Float[Tensor, "m d"],
    *,
    threshold: float = 0.75,
    max_rounds: int = 10,
) -> SelfTraining:
    """Fit, add the confident answers on unlabelled examples to the labels, and fit again.

    An answer that was added stays, right or wrong: where classes overlap the model confirms its own
    errors.

    Args:
        model: an estimator with `fit`, `predict_proba` and `classes_`; a copy is fitted.
        X: labelled examples, shape (n, d).
        y: their classes, at least 0, shape (n,).
        X_unlabelled: examples without labels, shape (m, d).
        threshold: what an answer's probability must exceed.
        max_rounds: the most rounds of answers; 0 fits on the labelled examples alone.

    Returns:
        The model, the labels that were added and when.

    Raises:
        ValueError: shapes that do not fit, a threshold outside of [0, 1], negative classes or
            max_rounds.

    Equation: :eq:`eq-pseudo-label`
    Section: :ref:`sec-self-training`
    Source: Yarowsky (1995), Unsupervised word sense disambiguation rivaling supervised methods,
        doi:10.3115/981658.981684.

    Example:
        >>> from dlcore.classical import LogisticRegression
        >>> X = torch.tensor([[-1.0], [1.0]])
        >>> found = self_train(LogisticRegression(), X, torch.tensor([0, 1]), 3 * X)
        >>> found.labels
        tensor([0, 1])

    In production: sklearn.semi_supervised.SelfTrainingClassifier.
    """
    if X.ndim != 2 or X_unlabelled.shape[1:] != X.shape[1:] or y.shape != X.shape[:1]:
        raise ValueError(
            f"self_train needs shapes (n, d), (n,) and (m, d), got {tuple(X.shape)}, "
            f"{tuple(y.shape)} and {tuple(X_unlabelled.shape)}"
        )
    if max_rounds < 0 or (y < 0).any():
        raise ValueError("self_train: max_rounds and the classes must be at least 0")
    labels = torch.full((len(X_unlabelled),), -1, dtype=y.dtype, device=y.device)
    rounds = torch.zeros_like(labels)

    def fitted() -> Any:
        known = labels >= 0
        examples = torch.cat([X, X_unlabelled[known]]).detach()
        return clone(model).fit(as_array(examples), as_array(torch.cat([y, labels[known]])))

    current = fitted()
    for step in range(1, max_rounds + 1):
        unknown = (labels < 0).nonzero().flatten()
        if len(unknown) == 0:
            break
        answers = current.predict_proba(as_array(X_unlabelled[unknown]))
        found = pseudo_label(torch.as_tensor(answers), threshold)
        if not found.confident.any():
            break
        sure = unknown[found.confident.to(y.device)]
        classes = torch.as_tensor(current.classes_)
        labels[sure] = classes[found.labels[found.confident]].to(labels)
        rounds[sure] = step
        current = fitted()
    return SelfTraining(current, labels, rounds)
