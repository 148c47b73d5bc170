"""Training in few bits: scaled losses, master weights, gradients measured and clipped."""

import math
from collections.abc import Callable, Iterable

import torch
from jaxtyping import Float
from torch import Tensor, nn


def grad_norm(parameters: Tensor | Iterable[Tensor]) -> Float[Tensor, ""]:
    """The length of all gradients together, read as one long vector.

    Args:
        parameters: a tensor or several, with gradients in `.grad`; those without are left out.

    Returns:
        The norm; 0 without gradients. It is computed without squaring large numbers.

    Equation: :eq:`eq-clip-norm`
    Section: :ref:`sec-gradient-clipping`
    Source: Pascanu, Mikolov, Bengio (2013), On the difficulty of training recurrent neural
        networks, arXiv:1211.5063.

    Example:
        >>> w = torch.zeros(2, requires_grad=True)
        >>> (w @ torch.tensor([3.0, 4.0])).backward()
        >>> grad_norm(w)
        tensor(5.)

    In production: torch.nn.utils.get_total_norm.
    """
    gradients = [g.float() if g.itemsize < 4 else g for g in _gradients(parameters)]
    if not gradients:
        return torch.zeros(())
    largest = torch.stack([g.abs().amax().to(gradients[0]) for g in gradients]).amax()
    if largest == 0 or not largest.isfinite():
        return largest
    norms = [(g / largest.to(g)).norm().to(gradients[0]) for g in gradients]
    return largest * torch.stack(norms).norm()


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [p.grad.detach() for p in parameters if p.grad is not None and p.numel()]


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, *, error_if_nonfinite: bool = False
) -> Float[Tensor, ""]:
    r"""Shorten, in place, the gradients of all parameters together to a largest norm.

    All are multiplied by $\min(1, c / \|g\|)$: the direction stays.

    Args:
        parameters: a tensor or several, with gradients in `.grad`.
        max_norm: c.
        error_if_nonfinite: raise an error if the norm is infinite or NaN.

    Returns:
        The norm before.

    Raises:
        ValueError: c is negative.
        RuntimeError: the norm is not finite, if asked for.

    Equation: :eq:`eq-clip-norm`
    Section: :ref:`sec-gradient-clipping`
    Source: Pascanu, Mikolov, Bengio (2013), On the difficulty of training recurrent neural
        networks, arXiv:1211.5063.

    Example:
        >>> w = torch.zeros(2, requires_grad=True)
        >>> (w @ torch.tensor([3.0, 4.0])).backward()
        >>> clip_grad_norm_(w, 1.0), w.grad
        (tensor(5.), tensor([0.6000, 0.8000]))

    In production: torch.nn.utils.clip_grad_norm_.
    """
    if not max_norm >= 0:
        raise ValueError(f"max_norm must be at least 0, got {max_norm}")
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    norm = grad_norm(parameters)
    if error_if_nonfinite and not norm.isfinite():
        raise RuntimeError(f"the norm of the gradients is {norm.item()}")
    if not norm <= max_norm:
        for g in _gradients(parameters):
            g.mul_((max_norm / norm).to(g.device))
    return norm


class LossScaler:
    r"""Keeps gradients inside the range of a small format by scaling the loss.

    The loss is multiplied by S before the backward pass, which multiplies every gradient by S, and
    the gradients are divided by S in float32 afterwards. A step whose gradients overflowed is left
    out and S is lowered; after enough good steps S is raised.

    Attributes:
        scale: S.
        good_steps: steps since S last changed.
        skipped: how many steps were left out.

    Raises:
        ValueError: a factor or the interval is out of range.

    Equation: :eq:`eq-loss-scaling`
    Section: :ref:`sec-mixed-precision`
    Source: Micikevicius et al. (2018), Mixed precision training, arXiv:1710.03740.

    Example:
        >>> scaler = LossScaler(init_scale=1024.0)
        >>> scaler.update(overflowed=True)
        >>> scaler.scale, scaler.skipped
        (512.0, 1)

    In production: torch.amp.GradScaler.
    """

    def __init__(
        self,
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
    ) -> None:
        if not (
            0 < init_scale < math.inf
            and growth_factor > 1
            and 0 < backoff_factor < 1
            and growth_interval >= 1
        ):
            raise ValueError(
                "LossScaler needs init_scale > 0, growth_factor > 1, backoff_factor in (0, 1) and "
                f"growth_interval >= 1, got {init_scale}, {growth_factor}, {backoff_factor} and "
                f"{growth_interval}"
            )
        self.scale = init_scale
        self.growth_factor, self.backoff_factor = growth_factor, backoff_factor
        self.growth_interval = growth_interval
        self.good_steps = 0
        self.skipped = 0

    def unscale(self, gradients: Iterable[Tensor]) -> tuple[list[Tensor], bool]:
        """The gradients divided by S in float32 or more, and whether one is not finite."""
        wide = [(g.float() if g.itemsize < 4 else g) / self.scale for g in gradients]
        return wide, not all(bool(g.isfinite().all()) for g in wide)

    def update(self, overflowed: bool) -> None:
        """Lower S after an overflow, raise it after `growth_interval` steps without one."""
        if overflowed:
            self.scale *= self.backoff_factor
            self.skipped += 1
            self.good_steps = 0
        elif self.good_steps + 1 == self.growth_interval:
            self.scale *= self.growth_factor
            self.good_steps = 0
        else:
            self.good_steps += 1


def mixed_precision_step(
    model: nn.Module,
    loss: Callable[[dict[str, Tensor]], Tensor],
    optimizer: torch.optim.Optimizer,
    *,
    dtype: torch.dtype = torch.float16,
    scaler: LossScaler | None = None,
    max_norm: float | None = None,
) -> float | None:
    r"""One optimizer step whose forward and backward passes run in few bits.

    The model's own parameters are the master weights and stay in float32. Copies in `dtype` go
    through the loss; their gradients are unscaled, then clipped, then handed to the optimizer.

    Args:
        model: holds the master weights; changed in place.
        loss: from the parameters in `dtype`, by name, to a loss in `dtype` or wider, as with
            `torch.func.functional_call(model, parameters, (X,))`.
        optimizer: of the model's parameters.
        dtype: the low precision.
        scaler: of the loss; default none.
        max_norm: clip the unscaled gradients to this norm.

    Returns:
        The loss, unscaled; None where the step was left out because a gradient overflowed.

    Raises:
        TypeError: `dtype` is no floating-point dtype.
        RuntimeError: without a scaler, a gradient is not finite.

    Equation: :eq:`eq-loss-scaling`
    Section: :ref:`sec-mixed-precision`
    Source: Micikevicius et al. (2018), Mixed precision training, arXiv:1710.03740.

    Example:
        >>> model = nn.Linear(2, 1)
        >>> sgd = torch.optim.SGD(model.parameters(), lr=0.1)
        >>> X = torch.ones(3, 2, dtype=torch.bfloat16)
        >>> forward = lambda p: (torch.func.functional_call(model, p, (X,)).float() ** 2).mean()
        >>> mixed_precision_step(model, forward, sgd, dtype=torch.bfloat16) is None
        False

    In production: torch.autocast with torch.amp.GradScaler.
    """
    if not dtype.is_floating_point:
        raise TypeError(f"mixed_precision_step needs a floating-point dtype, got {dtype}")
    scale = 1.0 if scaler is None else scaler.scale
    named = dict(model.named_parameters())
    low = {name: p.detach().to(dtype).requires_grad_() for name, p in named.items()}
    value = loss(low)
    gradients = torch.autograd.grad(value * scale, list(low.values()), materialize_grads=True)
    wide, overflowed = (scaler or LossScaler(1.0)).unscale(gradients)
    if scaler is not None:
        scaler.update(overflowed)
    if overflowed:
        if scaler is None:
            raise RuntimeError(f"a gradient overflowed {dtype}: give mixed_precision_step a scaler")
        return None
    for p, g in zip(named.values(), wide, strict=True):
        p.grad = g.to(p.dtype)
    if max_norm is not None:
        clip_grad_norm_(named.values(), max_norm)
    optimizer.step()
    return value.item()
