"""Steps of one size: the sign of the averaged gradient."""

from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from dlcore.optim.multi_tensor import (
    Group,
    MultiTensorOptimizer,
    State,
    Tensors,
    require_betas,
    require_not_negative,
    zeros,
)


class Lion(MultiTensorOptimizer):
    r"""Moves every parameter by $\eta$, up or down: only the sign of a mean gradient counts.

    $\theta \leftarrow (1 - \eta\lambda)\theta - \eta\, \mathrm{sign}(\beta_1 m + (1 - \beta_1) g)$,
    then $m \leftarrow \beta_2 m + (1 - \beta_2) g$. It remembers half of what Adam does. As all
    steps have full length, the learning rate is 3 to 10 times smaller than Adam's, and the decay
    larger by the same factor.

    Args:
        params: parameters, or groups of them.
        lr: learning rate $\eta$.
        betas: $\beta_1$ weighs the mean within the step, $\beta_2$ is its decay.
        weight_decay: $\lambda$, decoupled as in `AdamW`.
        maximize: climb instead of descending.

    Raises:
        ValueError: a setting is out of range.
        TypeError: a parameter is not real, or a gradient is sparse.

    Equation: :eq:`eq-lion`
    Section: :ref:`sec-adam`
    Source: Chen, Liang, Huang, Real, Wang, Liu, Pham, Dong, Luong, Hsieh, Lu, Le (2023), Symbolic
        discovery of optimization algorithms, arXiv:2302.06675.

    Example:
        >>> w = torch.zeros(3, requires_grad=True)
        >>> optimizer = Lion([w], lr=0.5)
        >>> w.grad = torch.tensor([0.001, 0.0, -1000.0])
        >>> optimizer.step()
        >>> w.tolist()
        [-0.5, 0.0, 0.5]

    In production: timm.optim.Lion.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ):
        require_not_negative(lr=lr, weight_decay=weight_decay)
        require_betas(betas)
        super().__init__(
            params, lr=lr, betas=betas, weight_decay=weight_decay, maximize=maximize,
            decoupled_weight_decay=True,
        )  # fmt: skip

    def initial_state(self, group: Group, p: Tensor) -> dict[str, Any]:
        """The mean gradient."""
        return zeros(p, "exp_avg")

    def update(
        self, group: Group, step: int, params: Tensors, grads: Tensors, state: State
    ) -> None:
        """Step by the sign, then average."""
        (beta1, beta2), m = group["betas"], state["exp_avg"]
        direction = torch._foreach_lerp(m, grads, 1 - beta1)
        torch._foreach_sign_(direction)
        torch._foreach_add_(params, direction, alpha=-group["lr"])
        torch._foreach_lerp_(m, grads, 1 - beta2)
