"""What a small batch does to the gradient, and what that noise does to the descent."""

import math
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.optim.multi_tensor import require_not_negative


def minibatch_gradient_variance(
    gradients: Float[Tensor, "n ..."], batch_size: int, *, replacement: bool = True
) -> Float[Tensor, "..."]:
    r"""The variance of the mean gradient of B examples, $\sigma^2/B$.

    Without replacement, as in an epoch, a batch is closer to the whole:
    $\frac{\sigma^2}{B}\frac{n - B}{n - 1}$, which is 0 for B = n.

    Args:
        gradients: of each example, shape (n, ...).
        batch_size: B.
        replacement: whether an example may be drawn twice.

    Returns:
        The variance of each component, shape (...).

    Raises:
        ValueError: fewer than two examples, B below 1, or without replacement above n.

    Equation: :eq:`eq-minibatch-variance`
    Section: :ref:`sec-mini-batch-gradient-descent`
    Source: Cochran (1977), Sampling Techniques, 3rd ed., theorem 2.2.

    Example:
        >>> g = torch.tensor([[1.0], [-1.0], [1.0], [-1.0]])
        >>> [minibatch_gradient_variance(g, 2, replacement=r).item() for r in (True, False)]
        [0.5, 0.3333333432674408]

    In production: the spread of a few batches' gradients.
    """
    n = len(gradients)
    if n < 2 or batch_size < 1 or (not replacement and batch_size > n):
        raise ValueError(
            f"at least two examples and a batch of 1 or more are needed, at most n without "
            f"replacement; got {n} examples and batch_size {batch_size}"
        )
    variance = gradients.var(0, correction=0) / batch_size
    return variance if replacement else variance * (n - batch_size) / (n - 1)


def sgd_stationary_variance(
    lr: float, *, curvature: float, noise_variance: float, batch_size: int = 1
) -> float:
    r"""How far from the minimum SGD keeps jumping, $\frac{\eta\sigma^2}{B h (2 - \eta h)}$.

    On $\frac12 h\theta^2$, with gradients $h\theta$ plus noise of variance $\sigma^2/B$, this is
    the variance that a constant learning rate ends up with. Halving the rate or doubling the batch
    about halves it.

    Args:
        lr: learning rate $\eta$.
        curvature: h.
        noise_variance: $\sigma^2$ of one example's gradient.
        batch_size: B.

    Returns:
        The variance of $\theta$.

    Raises:
        ValueError: not $0 < \eta h < 2$, where nothing settles, or B below 1.

    Equation: :eq:`eq-sgd-noise-floor`
    Section: :ref:`sec-mini-batch-gradient-descent`
    Source: Mandt, Hoffman, Blei (2017), Stochastic gradient descent as approximate Bayesian
        inference, arXiv:1704.04289.

    Example:
        >>> round(sgd_stationary_variance(0.1, curvature=2.0, noise_variance=1.0), 5)
        0.02778

    In production: measure it.
    """
    require_not_negative(noise_variance=noise_variance)
    _require_batch(batch_size)
    if not 0 < lr * curvature < 2:
        raise ValueError(
            f"the variance settles only for 0 < lr * curvature < 2, got {lr} * {curvature}"
        )
    return lr * noise_variance / (batch_size * curvature * (2 - lr * curvature))


def sgd_variance_path(
    lrs: Float[Tensor, " t"],
    *,
    curvature: float,
    noise_variance: float,
    batch_size: int = 1,
    start: float = 0.0,
) -> Float[Tensor, " t_plus_1"]:
    r"""The expected $\theta^2$ of stochastic gradient descent under any schedule.

    The recursion $V \leftarrow (1 - \eta_t h)^2 V + \eta_t^2\sigma^2/B$ is exact for $\frac12
    h\theta^2$ with independent noise; the expected loss is $\frac12 hV$.

    Args:
        lrs: the learning rate $\eta_t$ of each step, shape (t,).
        curvature: h.
        noise_variance: $\sigma^2$ of one example's gradient.
        batch_size: B.
        start: V before the first step.

    Returns:
        V from the start on, shape (t + 1,).

    Raises:
        ValueError: a negative variance, or B below 1.

    Equation: :eq:`eq-sgd-noise-floor`
    Section: :ref:`sec-learning-rate-schedules`
    Source: Mandt, Hoffman, Blei (2017), Stochastic gradient descent as approximate Bayesian
        inference, arXiv:1704.04289.

    Example:
        >>> lrs = torch.tensor([0.5, 0.5])
        >>> sgd_variance_path(lrs, curvature=1.0, noise_variance=1.0, start=1.0)
        tensor([1.0000, 0.5000, 0.3750])

    In production: measure it.
    """
    require_not_negative(noise_variance=noise_variance, start=start)
    _require_batch(batch_size)
    V = torch.as_tensor(start, dtype=lrs.dtype, device=lrs.device)
    path = [V]
    for kept, added in zip(
        (1 - lrs * curvature) ** 2, lrs**2 * noise_variance / batch_size, strict=True
    ):
        V = kept * V + added
        path.append(V)
    return torch.stack(path)


def _require_batch(batch_size: int) -> None:
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")


def scale_learning_rate(
    lr: float, *, batch_size: int, base_batch_size: int, rule: Literal["linear", "sqrt"] = "linear"
) -> float:
    r"""The learning rate for another batch size: proportional to B, or to its root.

    The linear rule lets one large step do what k small ones did. It holds while the gradient hardly
    changes on the way, $k\eta h \ll 1$: at the start of training only with a warmup.

    Args:
        lr: learning rate that suits `base_batch_size`.
        batch_size: the new B.
        base_batch_size: the old B.
        rule: "linear" for SGD; "sqrt" for Adam, whose steps do not grow with the gradient.

    Returns:
        The learning rate for `batch_size`.

    Raises:
        ValueError: a negative rate, a batch below 1, or an unknown rule.

    Section: :ref:`sec-mini-batch-gradient-descent`
    Source: Goyal, Dollár, Girshick, Noordhuis, Wesolowski, Kyrola, Tulloch, Jia, He (2017),
        Accurate, large minibatch SGD: training ImageNet in 1 hour, arXiv:1706.02677.

    Example:
        >>> scale_learning_rate(0.125, batch_size=1024, base_batch_size=256)
        0.5

    In production: the same line, in the recipe.
    """
    require_not_negative(lr=lr)
    for size in (batch_size, base_batch_size):
        _require_batch(size)
    if rule not in ("linear", "sqrt"):
        raise ValueError(f"rule must be 'linear' or 'sqrt', got {rule!r}")
    k = batch_size / base_batch_size
    return lr * (k if rule == "linear" else math.sqrt(k))
