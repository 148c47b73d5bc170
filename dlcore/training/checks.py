"""Checks before a long run: each ends in a verdict, with what was measured and what was wanted."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from jaxtyping import Int, Shaped
from torch import Tensor, nn

from dlcore.training.loop import Loss, in_mode, predict

Step = Callable[[Tensor, Tensor], Any]


class Check(NamedTuple):
    """The verdict of one check.

    Attributes:
        name: what was checked.
        passed: whether it is as it should be.
        value: what was measured.
        wanted: what it should be, in words.
    """

    name: str
    passed: bool
    value: float
    wanted: str

    def __str__(self) -> str:
        verdict = "passed" if self.passed else "FAILED"
        return f"{self.name}: {verdict}, {self.value:.4g}, wanted {self.wanted}"


@torch.no_grad()
def initial_loss_check(
    model: nn.Module,
    loss: Loss,
    X: Shaped[Tensor, "n ..."],
    y: Int[Tensor, " n"],
    *,
    classes: int,
    tolerance: float = 0.5,
) -> Check:
    r"""Before training, the cross-entropy of K classes is about $\log K$: every class as likely.

    Far above, the outputs are too large (unscaled inputs, bad initialization); below zero, the
    loss has the wrong sign. Without regularization, and with classes of about equal size.

    Args:
        model: fresh, maps inputs to outputs.
        loss: cross-entropy, its mean over the examples.
        X: inputs, shape (n, ...).
        y: labels, shape (n,).
        classes: K.
        tolerance: how far from $\log K$ it may be.

    Returns:
        The verdict, with the loss as value.

    Raises:
        ValueError: fewer than 2 classes, a negative tolerance, or no examples.

    Equation: :eq:`eq-initial-loss`
    Section: :ref:`sec-sanity-checks`
    Source: Karpathy (2015), CS231n, Neural networks part 3, "Look for correct loss at chance".

    Example:
        >>> model = nn.Linear(4, 10)
        >>> X, y = torch.zeros(3, 4), torch.tensor([0, 1, 2])
        >>> initial_loss_check(model, nn.CrossEntropyLoss(), X, y, classes=10).passed
        True

    In production: log the loss before the first step.
    """
    if classes < 2 or not tolerance >= 0:
        raise ValueError(
            f"2 classes and a tolerance of at least 0 are needed, got {classes}, {tolerance}"
        )
    value = float(loss(predict(model, X), y))
    expected = math.log(classes)
    passed = abs(value - expected) <= tolerance
    return Check("initial loss", passed, value, f"log {classes} = {expected:.3f} +- {tolerance:g}")


def overfit_check(
    step: Step,
    X: Shaped[Tensor, "n ..."],
    y: Shaped[Tensor, "n ..."],
    *,
    steps: int = 200,
    target: float = 0.05,
) -> Check:
    """A few examples must be learned by heart: their loss falls to almost nothing.

    Give it 10 to 100 examples and a model without regularization. What cannot do this has a fault
    in model, loss or step, or a wrong learning rate; more data will not help.

    Args:
        step: makes one training step on (X, y), as the training does, and returns the loss before
            it; the model behind it is trained.
        X: the few inputs, shape (n, ...).
        y: their targets, shape (n, ...).
        steps: how many steps.
        target: the loss to reach.

    Returns:
        The verdict; its value is the loss before the last step, or NaN or infinity from the step
        at which it broke down.

    Raises:
        ValueError: no examples, fewer than one step, or a target that is not positive.

    Section: :ref:`sec-sanity-checks`
    Source: Karpathy (2015), CS231n, Neural networks part 3, "Overfit a tiny subset of data".

    Example:
        >>> w = torch.zeros(1, requires_grad=True)
        >>> sgd = torch.optim.SGD([w], lr=0.1)
        >>> def step(X, y):
        ...     loss = ((w * X - y) ** 2).mean()
        ...     sgd.zero_grad()
        ...     loss.backward()
        ...     sgd.step()
        ...     return loss
        >>> overfit_check(step, torch.ones(4), torch.ones(4)).passed
        True

    In production: lightning.pytorch.Trainer(overfit_batches=1).
    """
    if len(X) == 0 or steps < 1 or not target > 0:
        raise ValueError(
            f"examples, a step and a positive target are needed, got {len(X)}, {steps}, {target}"
        )
    value = math.inf
    for _ in range(steps):
        loss = step(X, y)
        value = float(loss.detach() if isinstance(loss, Tensor) else loss)
        if not math.isfinite(value):
            break
    return Check("overfit a batch", value <= target, value, f"at most {target:g} in {steps} steps")


def mixing_check(model: nn.Module, X: Shaped[Tensor, "n ..."], *, example: int = 0) -> Check:
    """An example's output depends on that example alone, in evaluation mode.

    A wrong reshape or a sum over the wrong axis mixes the examples of a batch. The output of one
    is differentiated with respect to the inputs of all: only its own may matter.

    Args:
        model: maps inputs (n, ...) to outputs (n, ...).
        X: floating-point inputs of at least 2 examples, shape (n, ...).
        example: whose output is looked at.

    Returns:
        The verdict; its value is the share of the gradient's absolute sum that lies on the other
        examples, wanted 0.

    Raises:
        ValueError: fewer than two examples, inputs that have no gradient, or outputs that are not
            one for each example.

    Section: :ref:`sec-sanity-checks`
    Source: Karpathy (2019), A recipe for training neural networks, "Use backprop to chart
        dependencies".

    Example:
        >>> mixing_check(nn.Linear(3, 2), torch.ones(4, 3)).value
        0.0

    In production: the same lines, once.
    """
    if len(X) < 2 or not 0 <= example < len(X) or not X.is_floating_point():
        raise ValueError(
            "two examples of floating-point numbers and one of them to look at are needed, got "
            f"{X.dtype} of shape {tuple(X.shape)} and {example}"
        )
    inputs = X.detach().clone().requires_grad_()
    with in_mode(model, training=False):
        outputs = model(inputs)
    if len(outputs) != len(X):
        raise ValueError(f"{len(X)} examples gave outputs of shape {tuple(outputs.shape)}")
    gradient = torch.autograd.grad(outputs[example].sum(), inputs, allow_unused=True)[0]
    reach = torch.zeros(len(X)) if gradient is None else gradient.abs().flatten(1).sum(1)
    total = reach.sum().item()
    value = 1 - reach[example].item() / total if total else 0.0
    return Check("examples apart", value < 1e-6, max(value, 0.0), "0 of the gradient elsewhere")


def stale_gradient_check(
    model: nn.Module,
    loss: Loss,
    step: Step,
    X: Shaped[Tensor, "n ..."],
    y: Shaped[Tensor, "n ..."],
) -> Check:
    """A step uses the gradient of its own batch, not a sum with those of earlier ones.

    Two steps are made; the gradients left by the second are compared with those computed afresh at
    the parameters before it. Without `zero_grad` the first batch is still in them. The model must
    be free of chance (no dropout), and the step must leave its gradients in place.

    Args:
        model: trained by the step.
        loss: maps outputs and targets to the mean loss that the step uses.
        step: makes one training step on (X, y).
        X: inputs, shape (n, ...).
        y: targets, shape (n, ...).

    Returns:
        The verdict; its value is the distance of the gradients, relative to the fresh ones.

    Raises:
        ValueError: the model has nothing to train.

    Section: :ref:`sec-sanity-checks`
    Source: the definition of a gradient step.

    Example:
        >>> model, loss = nn.Linear(2, 1), nn.MSELoss()
        >>> sgd = torch.optim.SGD(model.parameters(), lr=0.1)
        >>> def step(X, y):
        ...     loss(model(X), y).backward()  # zero_grad is missing
        ...     sgd.step()
        >>> stale_gradient_check(model, loss, step, torch.ones(3, 2), torch.ones(3, 1)).passed
        False

    In production: the same lines, once.
    """
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError("the model has no parameters to train")
    step(X, y)
    fresh = torch.autograd.grad(loss(model(X), y), parameters, allow_unused=True)
    step(X, y)
    pairs = [
        (f, torch.zeros_like(p) if p.grad is None else p.grad)
        for f, p in zip(fresh, parameters, strict=True)
        if f is not None
    ]
    apart = math.sqrt(sum((f - g).square().sum().item() for f, g in pairs))
    size = math.sqrt(sum(f.square().sum().item() for f, _ in pairs))
    value = apart / size if size else apart
    return Check("fresh gradients", value < 1e-3, value, "0 between the step's and fresh ones")
