"""Inputs changed as little as possible to raise the loss as much as possible."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.nn.losses import cross_entropy
from dlcore.numerics.differentiation import pull_back, record
from dlcore.numerics.projections import project_box, project_linf_ball
from dlcore.regularization.draws import uniform
from dlcore.training.loop import in_mode

Loss = Callable[[Tensor], Tensor]
Attack = Callable[[Loss, Tensor], Tensor]


def fgsm(
    loss: Loss,
    x: Float[Tensor, "*x"],
    eps: float,
    *,
    lower: float | None = None,
    upper: float | None = None,
) -> Float[Tensor, "*x"]:
    r"""The fast gradient sign method, $x + \epsilon\, \mathrm{sign} \nabla_x \mathcal L$.

    Of all changes of at most $\epsilon$ an entry it raises the linear part of the loss most; for a
    linear model there is no worse one.

    Args:
        loss: from inputs like `x` to a loss; sums over examples, so that each is attacked alone.
        x: inputs, any shape.
        eps: the largest change of an entry, $\epsilon$.
        lower: the smallest value an entry may have; default none.
        upper: the largest one.

    Returns:
        Changed inputs of the same shape.

    Raises:
        ValueError: eps is negative, or the loss is no single number.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-fgsm`
    Section: :ref:`sec-bounded-perturbations`
    Source: Goodfellow, Shlens, Szegedy (2015), Explaining and harnessing adversarial examples,
        arXiv:1412.6572.

    Example:
        >>> fgsm(lambda x: (x * torch.tensor([2.0, -1.0])).sum(), torch.zeros(2), eps=0.1)
        tensor([ 0.1000, -0.1000])

    In production: torchattacks.FGSM.
    """
    if not eps >= 0:
        raise ValueError(f"eps must be at least 0, got {eps}")
    return project_box(x + eps * _gradient("fgsm", loss, x).sign(), lower, upper)


def _gradient(name: str, loss: Loss, x: Tensor) -> Tensor:
    start, y = record(name, loss, x)
    if y.numel() != 1:
        raise ValueError(f"{name}: the loss must be a single number, got {tuple(y.shape)}")
    return pull_back(y, start, torch.ones_like(y))


def pgd_attack(
    loss: Loss,
    x: Float[Tensor, "*x"],
    eps: float,
    *,
    step: float | None = None,
    steps: int = 10,
    lower: float | None = None,
    upper: float | None = None,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*x"]:
    r"""Projected gradient ascent of the loss in the $\ell_\infty$ ball around the inputs.

    Args:
        loss: from inputs like `x` to a loss; sums over examples, so that each is attacked alone.
        x: inputs, any shape.
        eps: radius of the ball, the largest change of an entry.
        step: how far an entry moves in a step; default 2.5 eps / steps.
        steps: how many.
        lower: the smallest value an entry may have; default none.
        upper: the largest one.
        generator: start at a random point of the ball; default at x itself.

    Returns:
        Changed inputs of the same shape.

    Raises:
        ValueError: eps is negative, there are no steps, or the loss is no single number.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-pgd`
    Section: :ref:`sec-bounded-perturbations`
    Source: Madry et al. (2018), Towards deep learning models resistant to adversarial attacks,
        arXiv:1706.06083.

    Example:
        >>> pgd_attack(lambda x: (x * torch.tensor([2.0, -1.0])).sum(), torch.zeros(2), eps=0.1)
        tensor([ 0.1000, -0.1000])

    In production: torchattacks.PGD.
    """
    if not (eps >= 0 and steps >= 1):
        raise ValueError(f"eps must be at least 0 and steps at least 1, got {eps} and {steps}")
    step = 2.5 * eps / steps if step is None else step
    start = x if generator is None else x + uniform(tuple(x.shape), x, generator, -eps, eps)

    def project(z: Tensor) -> Tensor:
        return project_box(project_linf_ball(z, eps, x), lower, upper)

    attacked = project(start)
    for _ in range(steps):
        attacked = project(attacked + step * _gradient("pgd_attack", loss, attacked).sign())
    return attacked


class AdversarialLosses(NamedTuple):
    """The losses of one step of adversarial training, before it.

    Attributes:
        clean: on the examples as they are.
        adversarial: on the examples as the attack changed them.
    """

    clean: float
    adversarial: float


def adversarial_training_step(
    model: nn.Module,
    x: Float[Tensor, "n ..."],
    y: Tensor,
    attack: Attack,
    optimizer: torch.optim.Optimizer,
    *,
    clean_share: float = 0.5,
    loss: Callable[[Any, Tensor], Tensor] = cross_entropy,
) -> AdversarialLosses:
    r"""One step of the optimizer on a batch and on what an attack makes of it.

    The attack looks for the worst inputs within its reach, the step lowers the loss there. The
    attack sees the model in evaluation mode and leaves gradients and running statistics alone.

    Args:
        model: maps inputs to outputs; trained in place, in the mode it is in.
        x: inputs, shape (n, ...).
        y: targets, shape (n, ...).
        attack: called as `attack(loss_of_inputs, x)`, for example
            `functools.partial(pgd_attack, eps=8 / 255, lower=0.0, upper=1.0)`.
        optimizer: built from the model's parameters.
        clean_share: weight of the clean examples' loss; 0 trains on attacked ones alone.
        loss: maps outputs and targets to their mean loss.

    Returns:
        Both losses, as they were before the step.

    Raises:
        ValueError: clean_share is not in [0, 1].
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-robust-objective`
    Section: :ref:`sec-adversarial-training`
    Source: Goodfellow, Shlens, Szegedy (2015), Explaining and harnessing adversarial examples,
        arXiv:1412.6572; Madry et al. (2018), Towards deep learning models resistant to adversarial
        attacks, arXiv:1706.06083, who train on attacked examples alone.

    Example:
        >>> from functools import partial
        >>> model = nn.Linear(2, 2)
        >>> sgd = torch.optim.SGD(model.parameters(), lr=0.1)
        >>> x, y = torch.eye(2), torch.arange(2)
        >>> losses = adversarial_training_step(model, x, y, partial(fgsm, eps=0.1), sgd)
        >>> losses.adversarial > losses.clean
        True

    In production: a loop of one's own with torchattacks.PGD.
    """
    if not 0 <= clean_share <= 1:
        raise ValueError(f"clean_share must lie between 0 and 1, got {clean_share}")
    attacked = _attacked(model, x, y, attack, loss)
    optimizer.zero_grad()
    adversarial = loss(model(attacked), y)
    with torch.set_grad_enabled(clean_share > 0):
        clean = loss(model(x), y)
    (clean_share * clean + (1 - clean_share) * adversarial).backward()
    optimizer.step()
    return AdversarialLosses(clean.item(), adversarial.item())


def _attacked(
    model: nn.Module, x: Tensor, y: Tensor, attack: Attack, loss: Callable[[Any, Tensor], Tensor]
) -> Tensor:
    with in_mode(model, training=False):
        return attack(lambda changed: loss(model(changed), y), x).detach()


def robust_accuracy(
    model: nn.Module,
    X: Float[Tensor, "n ..."],
    y: Int[Tensor, " n"],
    attack: Attack,
    *,
    batch_size: int = 256,
) -> float:
    """The share of examples that are still classified rightly after an attack on their loss.

    It is an upper bound: a stronger attack may find more.

    Args:
        model: maps inputs to logits of shape (n, k); judged in evaluation mode.
        X: inputs, shape (n, ...).
        y: class labels, shape (n,).
        attack: called as `attack(loss_of_inputs, x)`; the loss is the cross-entropy.
        batch_size: examples attacked at once.

    Returns:
        A number in [0, 1].

    Raises:
        ValueError: no examples, lengths differ, or a batch size below 1.
        TypeError: X is no floating-point tensor.

    Section: :ref:`sec-adversarial-training`
    Source: Carlini et al. (2019), On evaluating adversarial robustness, arXiv:1902.06705.

    Example:
        >>> from functools import partial
        >>> X, y = torch.tensor([[0.9, 0.1], [0.4, 0.6]]), torch.tensor([0, 1])
        >>> [robust_accuracy(nn.Identity(), X, y, partial(fgsm, eps=e)) for e in (0.05, 0.2, 0.5)]
        [1.0, 0.5, 0.0]

    In production: autoattack.AutoAttack.
    """
    if len(X) == 0 or len(X) != len(y) or batch_size < 1:
        raise ValueError(
            f"robust_accuracy needs examples with one label each and batches, got {len(X)} "
            f"examples, {len(y)} labels, batch_size={batch_size}"
        )
    right = 0
    for batch, labels in zip(X.split(batch_size), y.split(batch_size), strict=True):
        attacked = _attacked(model, batch, labels, attack, cross_entropy)
        with in_mode(model, training=False), torch.no_grad():
            right += int((model(attacked).argmax(dim=1) == labels).sum())
    return right / len(X)
