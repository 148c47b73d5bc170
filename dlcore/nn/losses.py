"""Losses: how far an output is from its target, for every kind of task."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float, Integer
from torch import Tensor

from dlcore import kernels
from dlcore.kernels.choice import runs_kernel
from dlcore.nn.activations import identity, relu
from dlcore.numerics.stable import log_softmax, sigmoid, softmax, softplus


def _reduce(losses: Tensor, reduction: str) -> Tensor:
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    if reduction != "mean":
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', got {reduction!r}")
    if losses.numel() == 0:
        raise ValueError("the mean over no examples is not defined")
    return losses.mean()


def _same_shape(output: Tensor, targets: Tensor) -> None:
    if output.shape != targets.shape:
        raise ValueError(
            f"output and targets differ in shape: {tuple(output.shape)} and {tuple(targets.shape)}"
        )


def _require(condition: Tensor, message: str) -> None:
    """Raise ValueError unless all is true; under vmap and torch.compile no value can be read."""
    if torch.compiler.is_compiling():
        return
    try:
        holds = bool(condition.all())
    except RuntimeError:
        return
    if not holds:
        raise ValueError(message)


def _require_probabilities(p: Tensor, name: str) -> None:
    _require((p >= 0) & (p <= 1), f"{name} must lie between 0 and 1")


def mse_loss(
    prediction: Float[Tensor, "*shape"], targets: Float[Tensor, "*shape"], reduction: str = "mean"
) -> Float[Tensor, "*reduced"]:
    """The squared error of a regression.

    Args:
        prediction: outputs, any shape.
        targets: what they should be, of the same shape.
        reduction: "mean" over all entries, "sum", or "none" for the squares themselves.

    Returns:
        A scalar, or the squares of the same shape.

    Raises:
        ValueError: shapes differ, no entries to average, or an unknown reduction.

    Equation: :eq:`eq-mse`.
    Section: :ref:`sec-regression-output`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.2.2.1.

    Example:
        >>> mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 5.0]))
        tensor(4.5000)

    In production: torch.nn.functional.mse_loss.
    """
    _same_shape(prediction, targets)
    return _reduce((prediction - targets) ** 2, reduction)


def _log(p: Tensor) -> Tensor:
    """The logarithm, cut off at -100 so that log 0 has a value, and slope 0."""
    positive = p > 0
    return torch.where(positive, p, 1).log().where(positive, -100).clamp(min=-100)


def binary_cross_entropy(
    probabilities: Float[Tensor, "*shape"],
    targets: Float[Tensor, "*shape"],
    reduction: str = "mean",
) -> Float[Tensor, "*reduced"]:
    """The surprise at binary targets under predicted probabilities.

    Args:
        probabilities: of class 1, any shape.
        targets: 0 or 1, or probabilities, of the same shape.
        reduction: "mean" over all entries, "sum" or "none".

    Returns:
        A scalar, or a loss per entry. Logarithms are cut off at -100, as in torch: a certain
        and wrong prediction costs 100 and has no gradient. From logits nothing is cut off.

    Raises:
        ValueError: shapes differ, an entry outside [0, 1], nothing to average, or an unknown
            reduction.

    Equation: :eq:`eq-bce`.
    Section: :ref:`sec-binary-output`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.2.2.2.

    Example:
        >>> binary_cross_entropy(torch.tensor([0.5]), torch.tensor([1.0]))
        tensor(0.6931)

    In production: torch.nn.functional.binary_cross_entropy.
    """
    _same_shape(probabilities, targets)
    _require_probabilities(probabilities, "probabilities")
    _require_probabilities(targets, "targets")
    losses = -(targets * _log(probabilities) + (1 - targets) * _log(1 - probabilities))
    return _reduce(losses, reduction)


def binary_cross_entropy_with_logits(
    logits: Float[Tensor, "*shape"], targets: Float[Tensor, "*shape"], reduction: str = "mean"
) -> Float[Tensor, "*reduced"]:
    """The binary cross-entropy of sigmoid(logits), exact however large the logits are.

    Args:
        logits: pre-activations z of the sigmoid output, any shape.
        targets: 0 or 1, or probabilities, of the same shape.
        reduction: "mean" over all entries, "sum" or "none".

    Returns:
        A scalar, or a loss per entry; its gradient in z is sigmoid(z) - y.

    Raises:
        ValueError: shapes differ, a target outside [0, 1], nothing to average, or an unknown
            reduction.

    Equation: :eq:`eq-bce-logits`.
    Section: :ref:`sec-binary-output`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.2.2.2.

    Example:
        >>> z = torch.tensor([800.0, 800.0])
        >>> binary_cross_entropy_with_logits(z, torch.tensor([1.0, 0.0]), reduction="none")
        tensor([  0., 800.])

    In production: torch.nn.functional.binary_cross_entropy_with_logits.
    """
    _same_shape(logits, targets)
    _require_probabilities(targets, "targets")
    losses = targets * softplus(-logits) + (1 - targets) * softplus(logits)
    return _reduce(losses, reduction)


def check_labels(labels: Tensor, n: int, k: int) -> None:
    """Raise ValueError unless these are n labels 0..k-1."""
    if labels.shape != (n,):
        raise ValueError(f"{n} labels are needed, got targets of shape {tuple(labels.shape)}")
    _require((labels >= 0) & (labels < k), f"labels must lie between 0 and {k - 1}")


def check_distribution(targets: Tensor) -> None:
    """Raise ValueError unless every row is a distribution."""
    _require(targets >= 0, "target probabilities must not be negative")
    _require((targets.sum(dim=1) - 1).abs() < 1e-3, "target probabilities must sum to 1 in a row")


def cross_entropy(
    logits: Float[Tensor, "n k"],
    targets: Integer[Tensor, " n"] | Integer[Tensor, "n k"] | Float[Tensor, "n k"],
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Float[Tensor, "*reduced"]:
    """The surprise at the true classes under softmax(logits), exact for large logits.

    Args:
        logits: pre-activations z of the softmax output, shape (n, k).
        targets: labels 0..k-1 of shape (n,), or one-hot rows or probabilities, shape (n, k).
        reduction: "mean" over the examples, "sum", or "none" for a loss per example.
        label_smoothing: the share of the target that all classes get evenly, between 0 and 1.

    Returns:
        A scalar or shape (n,); the gradient of one loss in z is softmax(z) - y, y one-hot or
        smoothed.

    Raises:
        ValueError: shapes that do not fit, labels out of range, rows that are no distribution, a
            share outside [0, 1], nothing to average, or an unknown reduction.

    Equation: :eq:`eq-cross-entropy`.
    Section: :ref:`sec-softmax-output`.

    Source: Bridle (1990), Probabilistic interpretation of feedforward classification network
    outputs, doi:10.1007/978-3-642-76153-9_28.

    Example:
        >>> cross_entropy(torch.tensor([[2.0, 1.0, 0.1]]), torch.tensor([0]))
        tensor(0.4170)

    In production: torch.nn.functional.cross_entropy.
    """
    if logits.ndim != 2:
        raise ValueError(f"logits must have shape (n, k), got {tuple(logits.shape)}")
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must lie between 0 and 1, got {label_smoothing}")
    if targets.ndim == 1 and not targets.is_floating_point():
        check_labels(targets, *logits.shape)
        return _reduce(_label_losses(logits, targets.long(), label_smoothing), reduction)
    log_p = log_softmax(logits, dim=1)
    _same_shape(logits, targets)
    y = targets.to(log_p.dtype)
    check_distribution(y)
    losses = -torch.where(y > 0, y * log_p, 0).sum(dim=1)
    return _reduce(_smooth(losses, log_p, label_smoothing), reduction)


def _label_losses(logits: Tensor, labels: Tensor, label_smoothing: float) -> Tensor:
    """Minus the log-probabilities of these labels, or of labels smoothed."""
    if logits.numel() and runs_kernel(logits, labels):
        with torch.autocast(logits.device.type, enabled=False):
            return kernels.cross_entropy(
                logits, labels, reduction="none", label_smoothing=label_smoothing
            )
    log_p = log_softmax(logits, dim=1)
    losses = -log_p.gather(1, labels[:, None]).squeeze(1)
    return _smooth(losses, log_p, label_smoothing)


def _smooth(losses: Tensor, log_p: Tensor, share: float) -> Tensor:
    """The losses at targets of which a share is spread evenly over all classes."""
    return losses if share == 0 else (1 - share) * losses - share * log_p.mean(dim=1)


def multiclass_hinge_loss(
    scores: Float[Tensor, "n k"],
    labels: Integer[Tensor, " n"],
    margin: float = 1.0,
    over_classes: str = "sum",
    reduction: str = "mean",
) -> Float[Tensor, "*reduced"]:
    """How far the wrong classes' scores reach into a margin below the true class's score.

    Args:
        scores: shape (n, k).
        labels: true classes 0..k-1, shape (n,).
        margin: the lead over every other class that costs nothing.
        over_classes: "sum" over the wrong classes (Weston and Watkins), or "mean", the sum
            divided by k, which is torch's multi_margin_loss.
        reduction: "mean" over the examples, "sum", or "none" for a loss per example.

    Returns:
        A scalar or shape (n,); k - 1 margins, summed, when all scores are equal.

    Raises:
        ValueError: shapes that do not fit, labels out of range, nothing to average, or an unknown
            option.

    Equation: :eq:`eq-multiclass-hinge`.
    Section: :ref:`sec-hinge`.

    Source: Weston, Watkins (1999), Support vector machines for multi-class pattern recognition,
    ESANN.

    Example:
        >>> multiclass_hinge_loss(torch.tensor([[3.2, 5.1, -1.7]]), torch.tensor([0]))
        tensor(2.9000)

    In production: torch.nn.functional.multi_margin_loss.
    """
    if scores.ndim != 2:
        raise ValueError(f"scores must have shape (n, k), got {tuple(scores.shape)}")
    if over_classes not in ("sum", "mean"):
        raise ValueError(f"over_classes must be 'sum' or 'mean', got {over_classes!r}")
    check_labels(labels, *scores.shape)
    true = labels.long()[:, None]
    violations = relu(scores - scores.gather(1, true) + margin).scatter(1, true, 0)
    losses = violations.sum(dim=1) if over_classes == "sum" else violations.mean(dim=1)
    return _reduce(losses, reduction)


class OutputHead(NamedTuple):
    """What a task puts on top of the last layer's pre-activations z, see `output_head`.

    Section: :ref:`sec-output-units`.

    Example:
        >>> OutputHead(sigmoid, binary_cross_entropy_with_logits).activation(torch.zeros(1))
        tensor([0.5000])

    In production: nothing to import; the pairs are convention.
    """

    activation: Callable[[Tensor], Tensor]
    """From z to the prediction."""
    loss: Callable[..., Tensor]
    """From z and the targets to the cost."""


_HEADS = {
    "regression": OutputHead(identity, mse_loss),
    "binary": OutputHead(sigmoid, binary_cross_entropy_with_logits),
    "multiclass": OutputHead(softmax, cross_entropy),
}


def output_head(task: str) -> OutputHead:
    """The output activation and the loss that belong together for a task.

    Args:
        task: "regression", "binary" or "multiclass".

    Returns:
        `activation`, which makes a prediction of pre-activations, and `loss`, which takes the
        pre-activations themselves; the gradient of the loss in z is proportional to
        prediction - target in all three.

    Raises:
        ValueError: the task is unknown.

    Section: :ref:`sec-output-units`.

    Source: Bishop (1995), Neural Networks for Pattern Recognition, section 6.9.

    Example:
        >>> head = output_head("multiclass")
        >>> head.activation.__name__, head.loss.__name__
        ('softmax', 'cross_entropy')

    In production: nothing to import; the pairs are convention.
    """
    if task not in _HEADS:
        raise ValueError(f"unknown task {task!r}: choose from {', '.join(_HEADS)}")
    return _HEADS[task]
