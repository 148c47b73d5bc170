"""How much to order before the demand is known."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Distribution


def _check(price: float, cost: float, salvage: float) -> None:
    if not salvage < cost < price:
        raise ValueError(f"expected salvage < cost < price, got {salvage}, {cost}, {price}")


def newsvendor_quantity(
    demand: Distribution | Float[Tensor, " n"],
    *,
    price: float,
    cost: float,
    salvage: float = 0.0,
) -> float:
    r"""The order that earns most on average: the demand's quantile at $\frac{p - c}{p - v}$.

    One more is worth ordering as long as the chance to sell it is above what it loses unsold over
    what it earns and loses together. Not the mean demand, and not the forecast of the mean.

    Args:
        demand: a distribution with `icdf`, or past demands, shape (n,).
        price: p, for each that is sold.
        cost: c, of each that is ordered.
        salvage: v, for each that is left.

    Returns:
        A quantity; of past demands the smallest that covers the share.

    Raises:
        ValueError: not salvage < cost < price, or no past demand.

    Equation: :eq:`eq-newsvendor`.
    Section: :ref:`sec-manufacturing`.

    Source: Arrow, Harris, Marschak (1951), Optimal inventory policy, doi:10.2307/1906813.

    Example:
        >>> demand = torch.distributions.Normal(100.0, 20.0)
        >>> round(newsvendor_quantity(demand, price=10, cost=6), 2)
        94.93

    In production: the quantile of a forecast's distribution, as here.
    """
    _check(price, cost, salvage)
    ratio = (price - cost) / (price - salvage)
    if isinstance(demand, Distribution):
        return float(demand.icdf(torch.tensor(ratio)))
    if demand.ndim != 1 or not len(demand):
        raise ValueError(f"expected past demands (n,), got shape {tuple(demand.shape)}")
    return float(torch.quantile(demand, ratio, interpolation="higher"))


def newsvendor_profit(
    quantity: float | Float[Tensor, "*q"],
    demand: Float[Tensor, " n"],
    *,
    price: float,
    cost: float,
    salvage: float = 0.0,
) -> Float[Tensor, "*q n"]:
    """What each demand leaves of an order: sales and what is left, less what was paid.

    Args:
        quantity: ordered, a number or shape (...).
        demand: shape (n,).
        price: for each that is sold.
        cost: of each that is ordered.
        salvage: for each that is left.

    Returns:
        Profits, shape (..., n).

    Raises:
        ValueError: not salvage < cost < price, or a negative quantity.

    Equation: :eq:`eq-newsvendor`.
    Section: :ref:`sec-manufacturing`.

    Source: Arrow, Harris, Marschak (1951), Optimal inventory policy, doi:10.2307/1906813.

    Example:
        >>> newsvendor_profit(10.0, torch.tensor([4.0, 12.0]), price=5, cost=2)
        tensor([ 0., 30.])

    In production: the same line.
    """
    _check(price, cost, salvage)
    ordered = torch.as_tensor(quantity, dtype=demand.dtype, device=demand.device)[..., None]
    if bool((ordered < 0).any()):
        raise ValueError("a quantity cannot be negative")
    sold = torch.minimum(ordered, demand)
    return price * sold + salvage * (ordered - sold) - cost * ordered
