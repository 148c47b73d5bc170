"""How much privacy many noisy steps cost together: Rényi accounting."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

ORDERS = (*range(2, 65), 72, 80, 96, 128, 192, 256, 384, 512)


class PrivacySpent(NamedTuple):
    """A budget that is used up.

    Attributes:
        epsilon: at the delta that was asked for.
        order: the Rényi order that shows it; at the end of the list, longer lists may show less.
    """

    epsilon: float
    order: int


def rdp_subsampled_gaussian(
    noise_multiplier: float, rate: float, orders: Sequence[int] = ORDERS
) -> Float64[Tensor, " o"]:
    r"""The Rényi divergence that one step of noise on a random batch costs.

    Each example is in the batch with chance q, the batch's sum has sensitivity 1, and its noise the
    standard deviation $\sigma$. Steps add up: t of them cost t times as much.

    Args:
        noise_multiplier: $\sigma$, the noise's standard deviation over the sensitivity.
        rate: q in [0, 1]; with 1 it is $\alpha / (2\sigma^2)$.
        orders: integers $\alpha$ of at least 2.

    Returns:
        $\frac{1}{\alpha - 1} \ln \sum_{k=0}^{\alpha} \binom{\alpha}{k} (1 - q)^{\alpha - k} q^k
        e^{k(k-1)/(2\sigma^2)}$ at each order, shape (o,), float64.

    Raises:
        ValueError: noise that is not positive, a rate outside [0, 1], or other orders.

    Equation: :eq:`eq-renyi-dp`.
    Section: :ref:`sec-private-training`.

    Source: Mironov, Talwar, Zhang (2019), Rényi differential privacy of the sampled Gaussian
        mechanism, arXiv:1908.10530; Abadi et al. (2016), arXiv:1607.00133.

    Example:
        >>> rdp_subsampled_gaussian(2.0, 1.0, [2, 8]).tolist()
        [0.25, 1.0]

    In production: dp_accounting.rdp.RdpAccountant, opacus.accountants.RDPAccountant.
    """
    if not noise_multiplier > 0 or not 0 <= rate <= 1:
        raise ValueError(f"noise above 0 and a rate in [0, 1]: got {noise_multiplier}, {rate}")
    if not len(orders) or any(order != int(order) or order < 2 for order in orders):
        raise ValueError(f"orders must be integers of at least 2, got {tuple(orders)}")
    if rate == 1:
        return torch.tensor(orders, dtype=torch.float64) / (2 * noise_multiplier**2)
    result = []
    for order in orders:
        k = torch.arange(order + 1, dtype=torch.float64)
        binomial = torch.lgamma(torch.tensor(order + 1.0, dtype=torch.float64)) - (
            torch.lgamma(k + 1) + torch.lgamma(order - k + 1)
        )
        q = torch.tensor(rate, dtype=torch.float64)
        chance = binomial + torch.xlogy(k, q) + (order - k) * torch.log1p(-q)
        moment = torch.logsumexp(chance + k * (k - 1) / (2 * noise_multiplier**2), 0)
        result.append(moment.clamp(min=0) / (order - 1))
    return torch.stack(result)


def rdp_to_epsilon(rdp: Float64[Tensor, " o"], orders: Sequence[int], delta: float) -> PrivacySpent:
    r"""The best $(\varepsilon, \delta)$ guarantee that Rényi divergences give.

    Args:
        rdp: the sum over all steps at each order, shape (o,).
        orders: $\alpha$ of each.
        delta: in (0, 1).

    Returns:
        The least $\rho + \ln\frac{\alpha - 1}{\alpha} - \frac{\ln\delta + \ln\alpha}{\alpha - 1}$,
        not below 0, and its order.

    Raises:
        ValueError: lengths that differ, or a delta outside (0, 1).

    Equation: :eq:`eq-renyi-dp`.
    Section: :ref:`sec-private-training`.

    Source: Canonne, Kamath, Steinke (2020), The discrete Gaussian for differential privacy,
        arXiv:2004.00010, proposition 12.

    Example:
        >>> spent = rdp_to_epsilon(torch.tensor([0.1, 0.2], dtype=torch.float64), [2, 4], 1e-3)
        >>> round(spent.epsilon, 3), spent.order
        (1.753, 4)

    In production: dp_accounting.rdp.compute_epsilon.
    """
    if rdp.shape != (len(orders),) or not len(orders) or not 0 < delta < 1:
        raise ValueError(
            f"one value an order and delta in (0, 1), got {tuple(rdp.shape)} for {len(orders)} "
            f"orders, and {delta}"
        )
    alpha = torch.tensor(orders, dtype=torch.float64)
    bounds = rdp + torch.log1p(-1 / alpha) - (math.log(delta) + alpha.log()) / (alpha - 1)
    best = int(bounds.argmin())
    return PrivacySpent(max(0.0, float(bounds[best])), int(orders[best]))


def dp_sgd_epsilon(
    noise_multiplier: float,
    rate: float,
    steps: int,
    delta: float,
    *,
    orders: Sequence[int] = ORDERS,
) -> PrivacySpent:
    r"""The privacy that training with `DPSGD` costs: an upper bound on $\varepsilon$.

    Args:
        noise_multiplier: the noise's standard deviation over the clipping norm.
        rate: the chance of each example to be in a batch, drawn anew at each step.
        steps: how many.
        delta: in (0, 1), far below one over the number of examples.
        orders: Rényi orders to try.

    Returns:
        The bound and the order that gives it. It holds for batches drawn by `poisson_batch`; for
        shuffled ones of fixed size it is not proved.

    Raises:
        ValueError: values out of range, or a negative number of steps.

    Equation: :eq:`eq-renyi-dp`.
    Section: :ref:`sec-private-training`.

    Source: Mironov, Talwar, Zhang (2019), arXiv:1908.10530; Abadi et al. (2016), Deep learning with
        differential privacy, arXiv:1607.00133.

    Example:
        >>> round(dp_sgd_epsilon(1.1, 256 / 60_000, 60 * 234, 1e-5).epsilon, 2)
        2.59

    In production: opacus.accountants.PRVAccountant, which is tighter.
    """
    if steps < 0:
        raise ValueError(f"steps must be at least 0, got {steps}")
    one = rdp_subsampled_gaussian(noise_multiplier, rate, orders)
    return rdp_to_epsilon(steps * one, orders, delta)


def dp_sgd_noise(epsilon: float, delta: float, rate: float, steps: int) -> float:
    r"""The least noise multiplier with which training stays within a budget.

    Args:
        epsilon: the budget.
        delta: in (0, 1).
        rate: the chance of each example to be in a batch.
        steps: how many, at least 1.

    Returns:
        $\sigma$, to one part in a thousand, rounded up.

    Raises:
        ValueError: values out of range, or a budget that the orders tried cannot show.

    Equation: :eq:`eq-renyi-dp`.
    Section: :ref:`sec-private-training`.

    Source: Mironov, Talwar, Zhang (2019), arXiv:1908.10530.

    Example:
        >>> sigma = dp_sgd_noise(3.0, 1e-5, 0.01, 1000)
        >>> dp_sgd_epsilon(sigma, 0.01, 1000, 1e-5).epsilon <= 3.0
        True

    In production: opacus.accountants.utils.get_noise_multiplier.
    """
    if not epsilon > 0 or steps < 1:
        raise ValueError(f"epsilon above 0 and at least 1 step: got {epsilon}, {steps}")
    low, high = 0.0, 0.5
    while dp_sgd_epsilon(high, rate, steps, delta).epsilon > epsilon:
        low, high = high, 2 * high
        if high > 1e6:
            raise ValueError(f"no noise shows an epsilon of {epsilon} at delta {delta}")
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        enough = dp_sgd_epsilon(middle, rate, steps, delta).epsilon <= epsilon
        low, high = (low, middle) if enough else (middle, high)
    return high
