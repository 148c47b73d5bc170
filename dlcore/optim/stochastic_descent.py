"""Stochastic gradient descent, with momentum and with Nesterov's look-ahead."""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Shaped
from torch import Tensor
from torch.optim.optimizer import ParamsT

from dlcore.data import iterate_minibatches
from dlcore.optim.multi_tensor import (
    Group,
    MultiTensorOptimizer,
    State,
    Tensors,
    require_not_negative,
    zeros,
)


class SGD(MultiTensorOptimizer):
    r"""Steps against the gradient, or along a velocity that sums up the gradients.

    With momentum $\beta$, $v \leftarrow \beta v + (1 - \tau) g$ and $\theta \leftarrow \theta -
    \eta v$, where $\tau$ is the dampening and the first step takes $v = g$. Nesterov's form steps
    along $g + \beta v$ instead. The learning rate stands outside the velocity: when it falls, the
    step falls with it at once.

    Args:
        params: parameters, or groups of them.
        lr: learning rate $\eta$.
        momentum: $\beta$; 0 is plain gradient descent and remembers nothing.
        dampening: $\tau$; with $\tau = \beta$ the velocity is an average of the gradients.
        weight_decay: $\lambda$, adds $\lambda\theta$ to the gradient.
        nesterov: step along the gradient at the place that the velocity leads to.
        maximize: climb instead of descending.

    Raises:
        ValueError: a setting is negative, or Nesterov without momentum or with dampening.
        TypeError: a parameter is not real, or a gradient is sparse.

    Equation: :eq:`eq-mini-batch-sgd`
    Section: :ref:`sec-momentum`
    Source: Sutskever, Martens, Dahl, Hinton (2013), On the importance of initialization and
        momentum in deep learning, ICML.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = SGD([w], lr=0.5, momentum=0.5)
        >>> for _ in range(2):
        ...     w.grad = torch.tensor([1.0])
        ...     optimizer.step()
        ...     print(w.item())
        0.5
        -0.25

    In production: torch.optim.SGD.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ):
        require_not_negative(lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError(
                f"nesterov needs momentum above 0 and no dampening, got momentum {momentum} and "
                f"dampening {dampening}"
            )
        super().__init__(
            params, lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay,
            nesterov=nesterov, maximize=maximize,
        )  # fmt: skip

    def initial_state(self, group: Group, p: Tensor) -> dict[str, Any]:
        """The velocity, if there is any."""
        return zeros(p, "momentum_buffer") if group["momentum"] else {}

    def stage(self, group: Group, state: dict[str, Any], first: bool) -> Hashable:
        """The first step ignores the dampening; otherwise nothing depends on the count."""
        return first

    def update(
        self, group: Group, step: bool, params: Tensors, grads: Tensors, state: State
    ) -> None:
        """Move along the gradient or the velocity."""
        momentum = group["momentum"]
        if momentum:
            velocity = state["momentum_buffer"]
            torch._foreach_mul_(velocity, momentum)
            torch._foreach_add_(velocity, grads, alpha=1 if step else 1 - group["dampening"])
            if group["nesterov"]:
                velocity = list(torch._foreach_add(grads, velocity, alpha=momentum))
            grads = velocity
        torch._foreach_add_(params, grads, alpha=-group["lr"])


def momentum_step(
    theta: Float[Tensor, "*p"],
    velocity: Float[Tensor, "*p"],
    gradient: Float[Tensor, "*p"],
    *,
    lr: float,
    momentum: float = 0.9,
    dampening: float = 0.0,
) -> tuple[Float[Tensor, "*p"], Float[Tensor, "*p"]]:
    r"""One step of the heavy ball, $v \leftarrow \beta v - \eta g$, $\theta \leftarrow \theta + v$.

    Here the learning rate is part of the velocity. As long as it is constant this is what
    `SGD(momentum=)` does; when it drops, the velocity gathered before is kept at full length.

    Args:
        theta: parameters, any shape.
        velocity: v, of the same shape, zeros before the first step.
        gradient: g at theta, of the same shape.
        lr: learning rate $\eta$.
        momentum: $\beta$.
        dampening: $\tau$ in $v \leftarrow \beta v - \eta(1 - \tau) g$; $\tau = \beta$ makes the
            velocity an exponential average of the steps, shorter by $1 - \beta$.

    Returns:
        The new parameters and the new velocity.

    Raises:
        ValueError: the shapes differ, or a setting is out of range.

    Equation: :eq:`eq-momentum-velocity`, :eq:`eq-momentum-update`
    Section: :ref:`sec-momentum`
    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods,
        doi:10.1016/0041-5553(64)90137-5.

    Example:
        >>> theta, v, g = torch.tensor([1.0]), torch.tensor([0.0]), torch.tensor([1.0])
        >>> theta, v = momentum_step(theta, v, g, lr=0.5, momentum=0.5)
        >>> momentum_step(theta, v, g, lr=0.5, momentum=0.5)
        (tensor([-0.2500]), tensor([-0.7500]))

    In production: torch.optim.SGD.
    """
    _check_step(theta, velocity, lr, momentum)
    if gradient.shape != theta.shape:
        raise ValueError(
            f"the gradient must be shaped like theta, {tuple(theta.shape)}, got "
            f"{tuple(gradient.shape)}"
        )
    velocity = momentum * velocity - lr * (1 - dampening) * gradient
    return theta + velocity, velocity


def nesterov_step(
    gradient_at: Callable[[Tensor], Tensor],
    theta: Float[Tensor, "*p"],
    velocity: Float[Tensor, "*p"],
    *,
    lr: float,
    momentum: float = 0.9,
) -> tuple[Float[Tensor, "*p"], Float[Tensor, "*p"]]:
    r"""One accelerated step, $v \leftarrow \beta v - \eta\nabla f(\theta + \beta v)$.

    The gradient is asked for once, at the place that the velocity alone would lead to.
    `SGD(nesterov=True)` keeps that place, $\theta + \beta v$, as its parameter: both make the same
    steps while the learning rate is constant.

    Args:
        gradient_at: the gradient as a function of the parameters.
        theta: parameters, any shape.
        velocity: v, of the same shape, zeros before the first step.
        lr: learning rate $\eta$.
        momentum: $\beta$.

    Returns:
        The new parameters $\theta + v$ and the new velocity.

    Raises:
        ValueError: the shapes differ, or a setting is out of range.

    Equation: :eq:`eq-nesterov`
    Section: :ref:`sec-nesterov`
    Source: Nesterov (1983), A method of solving a convex programming problem with convergence
        rate O(1/k^2), Soviet Mathematics Doklady 27.

    Example:
        >>> theta, v = torch.tensor([1.0]), torch.tensor([-0.5])
        >>> nesterov_step(lambda x: 2 * x, theta, v, lr=0.25, momentum=0.5)
        (tensor([0.3750]), tensor([-0.6250]))

    In production: torch.optim.SGD with nesterov=True.
    """
    _check_step(theta, velocity, lr, momentum)
    velocity = momentum * velocity - lr * gradient_at(theta + momentum * velocity)
    return theta + velocity, velocity


def _check_step(theta: Tensor, velocity: Tensor, lr: float, momentum: float) -> None:
    require_not_negative(lr=lr, momentum=momentum)
    if velocity.shape != theta.shape:
        raise ValueError(
            f"the velocity must be shaped like theta, {tuple(theta.shape)}, got "
            f"{tuple(velocity.shape)}"
        )


class StochasticDescent(NamedTuple):
    """Where a descent on small batches went.

    Attributes:
        theta: the last parameters.
        path: all of them, the start included, shape (steps + 1, *theta).
        losses: of each step's batch, before the step, shape (steps,).
    """

    theta: Tensor
    path: Tensor
    losses: Tensor


def sgd(
    loss: Callable[[Tensor, Tensor, Tensor], Tensor],
    theta0: Float[Tensor, "*p"],
    X: Shaped[Tensor, "n ..."],
    y: Shaped[Tensor, "n ..."],
    *,
    lr: float | Callable[[int], float],
    batch_size: int = 1,
    epochs: int = 1,
    generator: torch.Generator | None = None,
) -> StochasticDescent:
    r"""Gradient descent on $B$ examples at a time, in a new order each epoch.

    With B = n this is batch gradient descent, with B = 1 the method of Robbins and Monro.

    Args:
        loss: maps parameters and a batch of X and y to the batch's mean loss.
        theta0: the start, any shape; not changed.
        X: inputs, shape (n, ...).
        y: targets, shape (n, ...).
        lr: learning rate $\eta$, or a function of the step t = 0, 1, ….
        batch_size: B; the last batch of an epoch may be smaller.
        epochs: passes over the examples.
        generator: source of the order; by default torch's global one.

    Returns:
        The last parameters, the path, and the loss of each batch.

    Raises:
        ValueError: X and y differ in length, no examples, or a number below 1.

    Equation: :eq:`eq-batch-gradient-descent`, :eq:`eq-sgd`, :eq:`eq-mini-batch-sgd`
    Section: :ref:`sec-stochastic-gradient-descent`
    Source: Robbins, Monro (1951), A stochastic approximation method,
        doi:10.1214/aoms/1177729586.

    Example:
        >>> X = torch.tensor([[1.0], [2.0]])
        >>> loss = lambda w, X, y: ((X @ w - y) ** 2).mean()
        >>> descent = sgd(loss, torch.zeros(1), X, 3 * X[:, 0], lr=0.1, batch_size=2, epochs=2)
        >>> descent.path.ravel().tolist(), descent.losses.tolist()
        ([0.0, 1.5, 2.25], [22.5, 5.625])

    In production: torch.optim.SGD with torch.utils.data.DataLoader.
    """
    if epochs < 1:
        raise ValueError(f"epochs must be at least 1, got {epochs}")
    theta = theta0.detach().clone()
    losses: list[Tensor] = []
    path = [theta]
    for _ in range(epochs):
        for X_batch, y_batch in iterate_minibatches(X, y, batch_size, generator=generator):
            at = theta.requires_grad_()
            J = loss(at, X_batch, y_batch)
            (g,) = torch.autograd.grad(J, at)
            rate = lr(len(losses)) if callable(lr) else lr
            theta = theta.detach() - rate * g
            path.append(theta)
            losses.append(J.detach())
    return StochasticDescent(theta, torch.stack(path).detach(), torch.stack(losses))
