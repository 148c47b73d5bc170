"""Inputs changed as little as possible to raise the loss as much as possible."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.numerics.differentiation import pull_back, record
from dlcore.numerics.projections import project_box, project_linf_ball

Loss = Callable[[Tensor], Tensor]


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
    start = 0 * x if generator is None else _uniform(x, generator) * eps

    def project(z: Tensor) -> Tensor:
        return project_box(project_linf_ball(z, eps, x), lower, upper)

    attacked = project(x + start)
    for _ in range(steps):
        attacked = project(attacked + step * _gradient("pgd_attack", loss, attacked).sign())
    return attacked


def _uniform(x: Tensor, generator: torch.Generator) -> Tensor:
    """Numbers between -1 and 1, drawn on the generator's device."""
    noise = torch.rand(x.shape, generator=generator, dtype=x.dtype, device=generator.device)
    return (2 * noise - 1).to(x.device)
