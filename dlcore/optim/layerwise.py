"""A learning rate for each layer, as long as its weights ask for: training with large batches."""

from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from dlcore.optim.adam import Betas, update_moments
from dlcore.optim.multi_tensor import (
    Group,
    MultiTensorOptimizer,
    State,
    Tensors,
    require_betas,
    require_not_negative,
    zeros,
)


class LARS(MultiTensorOptimizer):
    r"""Momentum whose rate in each tensor is proportional to the size of its weights.

    Each gradient, decay included, is multiplied by $\tau\|w\| / (\|g\| + \lambda\|w\| + \epsilon)$:
    a step changes all layers by about the same fraction.

    Args:
        params: parameters, or groups of them.
        lr: learning rate $\eta$.
        momentum: $\beta$.
        weight_decay: $\lambda$, adds $\lambda w$ to the gradient.
        trust_coefficient: $\tau$.
        eps: $\epsilon$.
        maximize: climb instead of descending.

    Raises:
        ValueError: a setting is negative.
        TypeError: a parameter is not real, or a gradient is sparse.

    Section: :ref:`sec-mini-batch-gradient-descent`
    Source: You, Gitman, Ginsburg (2017), Large batch training of convolutional networks,
        arXiv:1708.03888.

    Example:
        >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
        >>> optimizer = LARS([w], lr=1.0, trust_coefficient=0.1)
        >>> w.grad = torch.tensor([0.0, 1000.0])
        >>> optimizer.step()
        >>> w.tolist()
        [3.0, 3.5]

    In production: timm.optim.Lars.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 0.1,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        trust_coefficient: float = 1e-3,
        eps: float = 1e-8,
        *,
        maximize: bool = False,
    ):
        require_not_negative(
            lr=lr, momentum=momentum, weight_decay=weight_decay,
            trust_coefficient=trust_coefficient, eps=eps,
        )  # fmt: skip
        super().__init__(
            params, lr=lr, momentum=momentum, weight_decay=weight_decay,
            trust_coefficient=trust_coefficient, eps=eps, maximize=maximize,
        )  # fmt: skip

    def initial_state(self, group: Group, p: Tensor) -> dict[str, Any]:
        """The velocity."""
        return zeros(p, "momentum_buffer")

    def decay(self, group: Group, params: Tensors, grads: Tensors) -> Tensors:
        """Left to the update, since the ratio needs the gradient without the decay."""
        return grads

    def update(
        self, group: Group, step: int, params: Tensors, grads: Tensors, state: State
    ) -> None:
        """Scale each gradient by its tensor's ratio, then move with momentum."""
        rate, velocity = group["weight_decay"], state["momentum_buffer"]
        sizes = torch.stack(torch._foreach_norm(params))
        slopes = torch.stack(torch._foreach_norm(grads)) + rate * sizes + group["eps"]
        ratios = torch.where(sizes > 0, group["trust_coefficient"] * sizes / slopes, 1)
        scaled = torch._foreach_add(grads, params, alpha=rate)
        torch._foreach_mul_(scaled, ratios.unbind())
        torch._foreach_mul_(velocity, group["momentum"])
        torch._foreach_add_(velocity, scaled)
        torch._foreach_add_(params, velocity, alpha=-group["lr"])


class LAMB(MultiTensorOptimizer):
    r"""Adam whose step in each tensor is as long as its weights: $\eta\|w\|\, u / \|u\|$.

    The direction is $u = \hat m/(\sqrt{\hat v} + \epsilon) + \lambda w$.

    Args:
        params: parameters, or groups of them.
        lr: learning rate $\eta$: the fraction by which a step changes a tensor.
        betas: $\beta_1, \beta_2$.
        eps: $\epsilon$, outside the root.
        weight_decay: $\lambda$, within the direction.
        maximize: climb instead of descending.

    Raises:
        ValueError: a setting is out of range.
        TypeError: a parameter is not real, or a gradient is sparse.

    Section: :ref:`sec-mini-batch-gradient-descent`
    Source: You, Li, Reddi, Hseu, Kumar, Bhojanapalli, Song, Demmel, Keutzer, Hsieh (2020), Large
        batch optimization for deep learning: training BERT in 76 minutes, arXiv:1904.00962.

    Example:
        >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
        >>> optimizer = LAMB([w], lr=0.5)
        >>> w.grad = torch.tensor([0.0, 1000.0])
        >>> optimizer.step()
        >>> w.tolist()
        [3.0, 1.5]

    In production: timm.optim.Lamb.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ):
        require_not_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        require_betas(betas)
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize
        )

    def initial_state(self, group: Group, p: Tensor) -> dict[str, Any]:
        """Both averages."""
        return zeros(p, "exp_avg", "exp_avg_sq")

    def decay(self, group: Group, params: Tensors, grads: Tensors) -> Tensors:
        """Left to the update: the decay belongs to the direction, not to the gradient."""
        return grads

    def update(
        self, group: Group, step: int, params: Tensors, grads: Tensors, state: State
    ) -> None:
        """Take Adam's direction, at the length that the weights ask for."""
        beta1, beta2 = group["betas"]
        m, v = update_moments((beta1, beta2), grads, state)
        root = torch._foreach_div(v, 1 - beta2**step)
        torch._foreach_sqrt_(root)
        torch._foreach_add_(root, group["eps"])
        direction = torch._foreach_div(m, 1 - beta1**step)
        torch._foreach_div_(direction, root)
        torch._foreach_add_(direction, params, alpha=group["weight_decay"])
        sizes, lengths = (torch.stack(torch._foreach_norm(x)) for x in (params, direction))
        ratios = torch.where((sizes > 0) & (lengths > 0), sizes / lengths, 1)
        torch._foreach_mul_(direction, ratios.unbind())
        torch._foreach_add_(params, direction, alpha=-group["lr"])
