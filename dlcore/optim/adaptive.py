"""A learning rate for each parameter, from the size of its past gradients."""

from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from dlcore.optim.multi_tensor import (
    Group,
    MultiTensorOptimizer,
    State,
    Tensors,
    require_fraction,
    require_not_negative,
    zeros,
)


class Adagrad(MultiTensorOptimizer):
    r"""Divides the step by the root of the sum of all squared gradients.

    $r \leftarrow r + g \odot g$, then $\theta \leftarrow \theta - \eta\, g / (\sqrt r + \epsilon)$.
    Since r only grows, the steps shrink: like $\eta/\sqrt t$ where the gradient is constant.

    Args:
        params: parameters, or groups of them.
        lr: learning rate $\eta$.
        lr_decay: k; the rate of step t is $\eta / (1 + k (t - 1))$.
        weight_decay: $\lambda$, adds $\lambda\theta$ to the gradient.
        initial_accumulator_value: r before the first step.
        eps: $\epsilon$, outside the root.
        maximize: climb instead of descending.

    Raises:
        ValueError: a setting is negative.
        TypeError: a parameter is not real, or a gradient is sparse.

    Equation: :eq:`eq-adagrad-accumulator`, :eq:`eq-adagrad`
    Section: :ref:`sec-adagrad`
    Source: Duchi, Hazan, Singer (2011), Adaptive subgradient methods for online learning and
        stochastic optimization, JMLR 12.

    Example:
        >>> w = torch.zeros(2, requires_grad=True)
        >>> optimizer = Adagrad([w], lr=0.5)
        >>> w.grad = torch.tensor([0.001, 1000.0])
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [-0.5, -0.5]

    In production: torch.optim.Adagrad.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ):
        require_not_negative(
            lr=lr, lr_decay=lr_decay, weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value, eps=eps,
        )  # fmt: skip
        super().__init__(
            params, lr=lr, lr_decay=lr_decay, weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value, eps=eps, maximize=maximize,
        )  # fmt: skip

    def initial_state(self, group: Group, p: Tensor) -> dict[str, Any]:
        """The sum of squared gradients."""
        return {"sum": torch.full_like(p, group["initial_accumulator_value"])}

    def update(
        self, group: Group, step: int, params: Tensors, grads: Tensors, state: State
    ) -> None:
        """Add the squares, divide by their root."""
        r = state["sum"]
        torch._foreach_addcmul_(r, grads, grads)
        root = torch._foreach_sqrt(r)
        torch._foreach_add_(root, group["eps"])
        lr = group["lr"] / (1 + (step - 1) * group["lr_decay"])
        torch._foreach_addcdiv_(params, grads, root, -lr)


class RMSprop(MultiTensorOptimizer):
    r"""Divides the step by the root mean square of the recent gradients.

    $r \leftarrow \rho r + (1 - \rho)\, g \odot g$, then $\theta \leftarrow \theta - \eta\, g /
    (\sqrt r + \epsilon)$. The average forgets, so the steps need not shrink.

    Args:
        params: parameters, or groups of them.
        lr: learning rate $\eta$.
        alpha: $\rho$, the decay of the average, which looks back about $1/(1 - \rho)$ steps.
        eps: $\epsilon$, outside the root.
        weight_decay: $\lambda$, adds $\lambda\theta$ to the gradient.
        momentum: $\beta$ of a velocity that sums up the scaled gradients.
        centered: subtract the squared mean of the gradients from r: their variance.
        maximize: climb instead of descending.

    Raises:
        ValueError: a setting is out of range.
        TypeError: a parameter is not real, or a gradient is sparse.

    Equation: :eq:`eq-rmsprop`
    Section: :ref:`sec-rmsprop`
    Source: Tieleman, Hinton (2012), Lecture 6.5: rmsprop, Coursera; centred: Graves (2013),
        arXiv:1308.0850.

    Example:
        >>> w = torch.zeros(2, requires_grad=True)
        >>> optimizer = RMSprop([w], lr=0.5, alpha=0.75)
        >>> w.grad = torch.tensor([0.001, 1000.0])
        >>> optimizer.step()
        >>> [round(x, 3) for x in w.tolist()]
        [-1.0, -1.0]

    In production: torch.optim.RMSprop.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ):
        require_not_negative(lr=lr, eps=eps, weight_decay=weight_decay, momentum=momentum)
        require_fraction(alpha=alpha)
        super().__init__(
            params, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum,
            centered=centered, maximize=maximize,
        )  # fmt: skip

    def initial_state(self, group: Group, p: Tensor) -> dict[str, Any]:
        """The averages, and the velocity if there is any."""
        momentum = ["momentum_buffer"] if group["momentum"] else []
        mean = ["grad_avg"] if group["centered"] else []
        return zeros(p, "square_avg", *momentum, *mean)

    def update(
        self, group: Group, step: int, params: Tensors, grads: Tensors, state: State
    ) -> None:
        """Average the squares, divide by their root."""
        r, rho = state["square_avg"], group["alpha"]
        torch._foreach_mul_(r, rho)
        torch._foreach_addcmul_(r, grads, grads, 1 - rho)
        if group["centered"]:
            mean = state["grad_avg"]
            torch._foreach_lerp_(mean, grads, 1 - rho)
            root = torch._foreach_addcmul(r, mean, mean, -1)
            torch._foreach_sqrt_(root)
        else:
            root = torch._foreach_sqrt(r)
        torch._foreach_add_(root, group["eps"])
        if group["momentum"]:
            velocity = state["momentum_buffer"]
            torch._foreach_mul_(velocity, group["momentum"])
            torch._foreach_addcdiv_(velocity, grads, root)
            torch._foreach_add_(params, velocity, alpha=-group["lr"])
        else:
            torch._foreach_addcdiv_(params, grads, root, -group["lr"])


class Adadelta(MultiTensorOptimizer):
    r"""RMSProp whose rate is the root mean square of the recent steps, so that units agree.

    Args:
        params: parameters, or groups of them.
        lr: a factor on the steps, usually 1.
        rho: $\rho$, the decay of both averages.
        eps: $\epsilon$, inside both roots: it sets the size of the first steps.
        weight_decay: $\lambda$, adds $\lambda\theta$ to the gradient.
        maximize: climb instead of descending.

    Raises:
        ValueError: a setting is out of range.
        TypeError: a parameter is not real, or a gradient is sparse.

    Section: :ref:`sec-rmsprop`
    Source: Zeiler (2012), ADADELTA: an adaptive learning rate method, arXiv:1212.5701.

    Example:
        >>> w = torch.zeros(1, requires_grad=True)
        >>> optimizer = Adadelta([w])
        >>> w.grad = torch.tensor([1.0])
        >>> optimizer.step()
        >>> round(w.item(), 5)
        -0.00316

    In production: torch.optim.Adadelta.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ):
        require_not_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        require_fraction(rho=rho)
        super().__init__(
            params, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize
        )

    def initial_state(self, group: Group, p: Tensor) -> dict[str, Any]:
        """The averages of squared gradients and squared steps."""
        return zeros(p, "square_avg", "acc_delta")

    def update(
        self, group: Group, step: int, params: Tensors, grads: Tensors, state: State
    ) -> None:
        """Scale the gradient by the ratio of both roots."""
        r, moved, rho = state["square_avg"], state["acc_delta"], group["rho"]
        torch._foreach_mul_(r, rho)
        torch._foreach_addcmul_(r, grads, grads, 1 - rho)
        root = torch._foreach_add(r, group["eps"])
        torch._foreach_sqrt_(root)
        delta = torch._foreach_add(moved, group["eps"])
        torch._foreach_sqrt_(delta)
        torch._foreach_div_(delta, root)
        torch._foreach_mul_(delta, grads)
        torch._foreach_mul_(moved, rho)
        torch._foreach_addcmul_(moved, delta, delta, 1 - rho)
        torch._foreach_add_(params, delta, alpha=-group["lr"])
