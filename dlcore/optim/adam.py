"""Adam and its family: averages of the gradients and of their squares, both corrected for bias."""

import math
from collections.abc import Hashable
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from dlcore import kernels
from dlcore.kernels.choice import runs_kernel
from dlcore.optim.multi_tensor import (
    Group,
    MultiTensorOptimizer,
    State,
    Tensors,
    require_betas,
    require_not_negative,
    zeros,
)

Betas = tuple[float, float]


def update_moments(betas: Betas, grads: Tensors, state: State) -> tuple[Tensors, Tensors]:
    r"""Move both averages towards the gradients and their squares; in place, then returned."""
    m, v = state["exp_avg"], state["exp_avg_sq"]
    torch._foreach_lerp_(m, grads, 1 - betas[0])
    torch._foreach_mul_(v, betas[1])
    torch._foreach_addcmul_(v, grads, grads, 1 - betas[1])
    return m, v


class Adam(MultiTensorOptimizer):
    r"""Steps along the mean of the gradients, divided by the root of the mean of their squares.

    The averages $m \leftarrow \beta_1 m + (1 - \beta_1) g$ and
    $v \leftarrow \beta_2 v + (1 - \beta_2) g \odot g$ start at zero; $\hat m = m/(1 - \beta_1^t)$
    and $\hat v = v/(1 - \beta_2^t)$ take out what the start weighs. Then
    $\theta \leftarrow \theta - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)$:
    the first step has size $\eta$ whatever the size of the gradient.

    Args:
        params: parameters, or groups of them.
        lr: learning rate $\eta$.
        betas: $\beta_1, \beta_2$: the averages look back about $1/(1 - \beta)$ steps.
        eps: $\epsilon$, outside the root.
        weight_decay: $\lambda$, adds $\lambda\theta$ to the gradient.
        amsgrad: divide by the largest v so far, so that a coordinate's rate never grows again.
        maximize: climb instead of descending.
        decoupled_weight_decay: multiply $\theta$ by $1 - \eta\lambda$ instead, as `AdamW` does.

    Raises:
        ValueError: a setting is out of range.
        TypeError: a parameter is not real, or a gradient is sparse.

    Equation: :eq:`eq-adam-moments`, :eq:`eq-adam-bias-correction`, :eq:`eq-adam`,
        :eq:`eq-amsgrad`
    Section: :ref:`sec-adam`
    Source: Kingma, Ba (2015), Adam: a method for stochastic optimization, arXiv:1412.6980;
        AMSGrad: Reddi, Kale, Kumar (2018), On the convergence of Adam and beyond,
        arXiv:1904.09237.

    Example:
        >>> w = torch.zeros(3, requires_grad=True)
        >>> optimizer = Adam([w], lr=0.5)
        >>> w.grad = torch.tensor([0.001, 1.0, -1000.0])
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [-0.5, -0.5, 0.5]

    In production: torch.optim.Adam.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ):
        require_not_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        require_betas(betas)
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad,
            maximize=maximize, decoupled_weight_decay=decoupled_weight_decay,
        )  # fmt: skip

    def initial_state(self, group: Group, p: Tensor) -> dict[str, Any]:
        """Both averages, and the largest second one for AMSGrad."""
        largest = ["max_exp_avg_sq"] if group["amsgrad"] else []
        return zeros(p, "exp_avg", "exp_avg_sq", *largest)

    def move(self, group: Group, step: int, params: Tensors, grads: Tensors, state: State) -> None:
        """Take the step; on a GPU one kernel does all of it for all parameters."""
        decay = group["weight_decay"]
        coupled = decay and not group.get("decoupled_weight_decay", False)
        if coupled or group["amsgrad"] or not runs_kernel(*params):
            super().move(group, step, params, grads, state)
            return
        beta1, beta2 = group["betas"]
        kernels.adamw(
            params, grads, state["exp_avg"], state["exp_avg_sq"], step, lr=group["lr"],
            beta1=beta1, beta2=beta2, eps=group["eps"], weight_decay=decay,
            maximize=group.get("maximize", False),
        )  # fmt: skip

    def update(
        self, group: Group, step: int, params: Tensors, grads: Tensors, state: State
    ) -> None:
        """Divide the corrected mean by the root of the corrected mean square."""
        beta1, beta2 = group["betas"]
        m, v = update_moments((beta1, beta2), grads, state)
        if group["amsgrad"]:
            torch._foreach_maximum_(state["max_exp_avg_sq"], v)
            v = state["max_exp_avg_sq"]
        # both corrections are numbers: taken out of the tensors, they cost nothing
        correction = math.sqrt(1 - beta2**step)
        root = torch._foreach_sqrt(v)
        torch._foreach_add_(root, group["eps"] * correction)
        torch._foreach_addcdiv_(params, m, root, -group["lr"] * correction / (1 - beta1**step))


class AdamW(Adam):
    r"""Adam with weight decay beside the step, $\theta \leftarrow (1 - \eta\lambda)\theta$.

    Decay that is added to the gradient is divided by $\sqrt{\hat v}$ like everything else, and so
    acts least where gradients are large. Here all weights shrink at the same rate.

    Args:
        params: parameters, or groups of them.
        lr: learning rate $\eta$.
        betas: $\beta_1, \beta_2$.
        eps: $\epsilon$, outside the root.
        weight_decay: $\lambda$.
        amsgrad: divide by the largest v so far.
        maximize: climb instead of descending; the weights still shrink.

    Raises:
        ValueError: a setting is out of range.
        TypeError: a parameter is not real, or a gradient is sparse.

    Equation: :eq:`eq-adamw`
    Section: :ref:`sec-adam`
    Source: Loshchilov, Hutter (2019), Decoupled weight decay regularization, arXiv:1711.05101.

    Example:
        >>> w = torch.ones(2, requires_grad=True)
        >>> optimizer = AdamW([w], lr=0.5, weight_decay=0.5)
        >>> w.grad = torch.tensor([0.0, 8.0])
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.75, 0.25]

    In production: torch.optim.AdamW.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ):
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize,
            decoupled_weight_decay=True,
        )  # fmt: skip


class NAdam(MultiTensorOptimizer):
    r"""Adam with Nesterov's look-ahead: the mean as it will be after one more step.

    The momentum $\mu_t = \beta_1(1 - \frac12 0.96^{t\psi})$ rises slowly to $\beta_1$, and the bias
    correction divides by $1 - \prod_{i \le t}\mu_i$.

    Args:
        params: parameters, or groups of them.
        lr: learning rate $\eta$.
        betas: $\beta_1, \beta_2$.
        eps: $\epsilon$, outside the root.
        weight_decay: $\lambda$, adds $\lambda\theta$ to the gradient.
        momentum_decay: $\psi$.
        decoupled_weight_decay: multiply $\theta$ by $1 - \eta\lambda$ instead.
        maximize: climb instead of descending.

    Raises:
        ValueError: a setting is out of range.
        TypeError: a parameter is not real, or a gradient is sparse.

    Equation: :eq:`eq-nadam`
    Section: :ref:`sec-adam`
    Source: Dozat (2016), Incorporating Nesterov momentum into Adam, ICLR workshop.

    Example:
        >>> w = torch.zeros(1, requires_grad=True)
        >>> optimizer = NAdam([w], lr=1.0)
        >>> w.grad = torch.tensor([4.0])
        >>> optimizer.step()
        >>> round(w.item(), 3)
        -1.056

    In production: torch.optim.NAdam.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 2e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ):
        require_not_negative(
            lr=lr, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay
        )
        require_betas(betas)
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay,
            momentum_decay=momentum_decay, maximize=maximize,
            decoupled_weight_decay=decoupled_weight_decay,
        )  # fmt: skip

    def initial_state(self, group: Group, p: Tensor) -> dict[str, Any]:
        """Both averages, and the product of the momenta so far."""
        return {**zeros(p, "exp_avg", "exp_avg_sq"), "mu_product": 1.0}

    def stage(self, group: Group, state: dict[str, Any], first: bool) -> Hashable:
        """Count the step and multiply its momentum in."""
        step = super().stage(group, state, first)
        state["mu_product"] *= self.momentum(group, state["step"])
        return step, state["mu_product"]

    @staticmethod
    def momentum(group: Group, step: int) -> float:
        r"""$\mu_t$."""
        return group["betas"][0] * (1 - 0.5 * 0.96 ** (step * group["momentum_decay"]))

    def update(
        self, group: Group, step: tuple[int, float], params: Tensors, grads: Tensors, state: State
    ) -> None:
        """Step along the gradient now and the mean of the next step."""
        t, product = step
        lr, mu, mu_next = group["lr"], self.momentum(group, t), self.momentum(group, t + 1)
        m, v = update_moments(group["betas"], grads, state)
        root = torch._foreach_div(v, 1 - group["betas"][1] ** t)
        torch._foreach_sqrt_(root)
        torch._foreach_add_(root, group["eps"])
        torch._foreach_addcdiv_(params, grads, root, -lr * (1 - mu) / (1 - product))
        torch._foreach_addcdiv_(params, m, root, -lr * mu_next / (1 - product * mu_next))


class RAdam(MultiTensorOptimizer):
    r"""Adam that warms up by itself: no division by $\sqrt v$ until v rests on enough gradients.

    $\rho_t$ is the number of gradients that v averages over. Up to 5 the step is that of momentum;
    then it is Adam's, times a factor that rises to 1.

    Args:
        params: parameters, or groups of them.
        lr: learning rate $\eta$.
        betas: $\beta_1, \beta_2$.
        eps: $\epsilon$, outside the root.
        weight_decay: $\lambda$, adds $\lambda\theta$ to the gradient.
        decoupled_weight_decay: multiply $\theta$ by $1 - \eta\lambda$ instead.
        maximize: climb instead of descending.

    Raises:
        ValueError: a setting is out of range.
        TypeError: a parameter is not real, or a gradient is sparse.

    Section: :ref:`sec-adam`
    Source: Liu, Jiang, He, Chen, Liu, Gao, Han (2020), On the variance of the adaptive learning
        rate and beyond, arXiv:1908.03265.

    Example:
        >>> w = torch.zeros(1, requires_grad=True)
        >>> optimizer = RAdam([w], lr=0.5)
        >>> w.grad = torch.tensor([4.0])
        >>> optimizer.step()
        >>> round(w.item(), 4)
        -2.0

    In production: torch.optim.RAdam.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ):
        require_not_negative(lr=lr, eps=eps, weight_decay=weight_decay)
        require_betas(betas)
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize,
            decoupled_weight_decay=decoupled_weight_decay,
        )  # fmt: skip

    def initial_state(self, group: Group, p: Tensor) -> dict[str, Any]:
        """Both averages."""
        return zeros(p, "exp_avg", "exp_avg_sq")

    def update(
        self, group: Group, step: int, params: Tensors, grads: Tensors, state: State
    ) -> None:
        """Momentum at first, then a rectified step of Adam."""
        beta1, beta2 = group["betas"]
        m, v = update_moments((beta1, beta2), grads, state)
        lr = group["lr"] / (1 - beta1**step)
        most = 2 / (1 - beta2) - 1
        rho = most - 2 * step * beta2**step / (1 - beta2**step)
        if rho <= 5:
            torch._foreach_add_(params, m, alpha=-lr)
            return
        rectified = math.sqrt(
            (rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho) * (1 - beta2**step)
        )
        root = torch._foreach_sqrt(v)
        torch._foreach_add_(root, group["eps"])
        torch._foreach_addcdiv_(params, m, root, -lr * rectified)
