"""The gradient by a start from which a few steps lead far: MAML, its first order, Reptile."""

from collections.abc import Callable, Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

Parameters = Mapping[str, Tensor]
TaskLoss = Callable[[dict[str, Tensor]], Float[Tensor, ""]]


@torch.enable_grad()
def adapt_parameters(
    loss: TaskLoss,
    params: Parameters,
    lr: float,
    *,
    steps: int = 1,
    differentiable: bool = False,
) -> dict[str, Tensor]:
    r"""Steps of gradient descent on a task, $\theta' = \theta - \alpha \nabla \mathcal L(\theta)$.

    Args:
        loss: of the parameters, a number.
        params: the start $\theta$, by name, as `torch.func.functional_call` takes them.
        lr: $\alpha$.
        steps: how many.
        differentiable: record how the gradients depend on the start, too. Otherwise they count as
            constants: $\theta'$ then depends on the start as if it were only moved.

    Returns:
        The adapted parameters $\theta'$, by name, which depend on the start.

    Raises:
        ValueError: no parameters, or a negative number of steps.

    Equation: :eq:`eq-maml-step`
    Section: :ref:`sec-meta-learning`
    Source: Finn, Abbeel, Levine (2017), Model-agnostic meta-learning for fast adaptation of deep
        networks, arXiv:1703.03400.

    Example:
        >>> start = {"w": torch.tensor(1.0)}
        >>> adapt_parameters(lambda p: p["w"].square(), start, lr=0.25, steps=2)["w"].item()
        0.25

    In production: learn2learn's MAML.adapt, or torch.func.
    """
    if not params or steps < 0:
        raise ValueError(
            f"parameters and at least 0 steps are needed, got {list(params)} and {steps}"
        )
    current = {n: p if p.requires_grad else p.detach().requires_grad_() for n, p in params.items()}
    for _ in range(steps):
        gradients = torch.autograd.grad(
            loss(current),
            list(current.values()),
            create_graph=differentiable,
            allow_unused=True,
            materialize_grads=True,
        )
        current = {n: p - lr * g for (n, p), g in zip(current.items(), gradients, strict=True)}
    return current


def maml_meta_gradient(
    params: Parameters,
    tasks: Sequence[tuple[TaskLoss, TaskLoss]],
    inner_lr: float,
    *,
    steps: int = 1,
    first_order: bool = False,
) -> dict[str, Tensor]:
    r"""The gradient by the start of the mean loss after adaptation, through the steps.

    For one step $(I - \alpha H) \nabla \mathcal L(\theta')$, with $H$ the Hessian of the loss that
    is adapted to. The first order leaves $-\alpha H$ out.

    Args:
        params: the start $\theta$, by name; not changed.
        tasks: for each the loss on the support, which is adapted to, and that on the query, which
            is to become small; functions of the parameters.
        inner_lr: $\alpha$.
        steps: of adaptation.
        first_order: take the gradient at the adapted parameters for that at the start (FOMAML).

    Returns:
        The gradients, by name, with the shapes of params.

    Raises:
        ValueError: no tasks, no parameters, or a negative number of steps.

    Equation: :eq:`eq-maml-gradient`
    Section: :ref:`sec-meta-learning`
    Source: Finn, Abbeel, Levine (2017), Model-agnostic meta-learning for fast adaptation of deep
        networks, arXiv:1703.03400.

    Example:
        >>> losses = [lambda p, c=c: (p["w"] - c).square() / 2 for c in (1.0, 3.0, -2.0)]
        >>> start = {"w": torch.tensor(0.7)}
        >>> g = maml_meta_gradient(start, [(loss, loss) for loss in losses], inner_lr=0.3)
        >>> round(g["w"].item(), 6)
        0.016333

    In production: learn2learn's MAML, or torch.func.
    """
    _require_tasks("maml_meta_gradient", tasks)
    start = _copied(params)
    total = {name: torch.zeros_like(p) for name, p in start.items()}
    for support_loss, query_loss in tasks:
        adapted = adapt_parameters(
            support_loss, start, inner_lr, steps=steps, differentiable=not first_order
        )
        gradients = torch.autograd.grad(
            query_loss(adapted), list(start.values()), allow_unused=True, materialize_grads=True
        )
        for name, gradient in zip(start, gradients, strict=True):
            total[name] += gradient / len(tasks)
    return total


def reptile_gradient(
    params: Parameters, tasks: Sequence[TaskLoss], inner_lr: float, *, steps: int = 5
) -> dict[str, Tensor]:
    r"""The way back from where the tasks lead, $\theta - \theta'$, averaged over the tasks.

    A step against it moves the start towards the tasks' ends; no gradient passes through the steps.
    With one step it is the plain gradient of the mean loss, times $\alpha$; what is more than joint
    training comes with the second.

    Args:
        params: the start $\theta$, by name; not changed.
        tasks: the loss of each, a function of the parameters.
        inner_lr: $\alpha$.
        steps: of adaptation, at least 1.

    Returns:
        The directions, by name, with the shapes of params.

    Raises:
        ValueError: no tasks, no parameters, or no steps.

    Equation: :eq:`eq-reptile`
    Section: :ref:`sec-meta-learning`
    Source: Nichol, Achiam, Schulman (2018), On first-order meta-learning algorithms,
        arXiv:1803.02999.

    Example:
        >>> start = {"w": torch.tensor(1.0)}
        >>> reptile_gradient(start, [lambda p: p["w"].square()], 0.25, steps=2)["w"]
        tensor(0.7500)

    In production: the same lines.
    """
    _require_tasks("reptile_gradient", tasks)
    if steps < 1:
        raise ValueError(f"reptile_gradient: steps must be at least 1, got {steps}")
    start = _copied(params)
    ends = [adapt_parameters(loss, start, inner_lr, steps=steps) for loss in tasks]
    return {
        name: (p - torch.stack([end[name] for end in ends]).mean(0)).detach()
        for name, p in start.items()
    }


def _copied(params: Parameters) -> dict[str, Tensor]:
    return {name: p.detach().clone().requires_grad_() for name, p in params.items()}


def _require_tasks(name: str, tasks: Sequence) -> None:
    if not tasks:
        raise ValueError(f"{name}: there are no tasks")
