"""Trading on paper: what a rule would have earned, with costs and without a look at tomorrow."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


def sharpe_ratio(
    returns: Float[Tensor, " t"], *, periods: int = 252, risk_free: float = 0.0
) -> float:
    r"""Mean over standard deviation of the returns, for a year: $\sqrt{252} \bar r / s$.

    Its standard error is about 1 / sqrt(years): the best of many worthless rules has a high one.

    Args:
        returns: of each period, shape (t,).
        periods: periods in a year.
        risk_free: return of a period without risk, taken off.

    Returns:
        A number; 0 for a rule that earns nothing.

    Raises:
        ValueError: fewer than two returns, or returns that never change.

    Equation: :eq:`eq-sharpe-ratio`.
    Section: :ref:`sec-fraud-credit-markets`.

    Source: Sharpe (1966), Mutual fund performance, doi:10.1086/294846; its error: Lo (2002), The
        statistics of Sharpe ratios, doi:10.2469/faj.v58.n4.2453.

    Example:
        >>> round(sharpe_ratio(torch.tensor([0.01, -0.01, 0.02, 0.0]), periods=4), 3)
        0.775

    In production: empyrical.sharpe_ratio.
    """
    if returns.ndim != 1 or len(returns) < 2:
        raise ValueError(f"expected two returns or more, got shape {tuple(returns.shape)}")
    spread = float(returns.std())
    if spread == 0:
        raise ValueError("returns that never change have no Sharpe ratio")
    return (float(returns.mean()) - risk_free) / spread * periods**0.5


class Backtest(NamedTuple):
    """What a rule would have earned.

    Attributes:
        net: return of each period after costs, shape (t,).
        equity: one unit of money, grown by all returns so far, shape (t,).
        turnover: how much of the money changed hands in each period, shape (t,).
    """

    net: Float[Tensor, " t"]
    equity: Float[Tensor, " t"]
    turnover: Float[Tensor, " t"]


def backtest(
    positions: Float[Tensor, " t"],
    returns: Float[Tensor, " t"],
    *,
    cost: float = 0.0,
    lag: int = 1,
) -> Backtest:
    """Hold what was decided some periods ago, and pay for every change.

    Args:
        positions: the share of the money that each period's knowledge says to hold, shape (t,);
            negative is sold short.
        returns: of what is held, shape (t,).
        cost: share of what changes hands that is lost.
        lag: periods from knowledge to holding. 1 is honest if a position uses its own period's
            return; 0 trades on prices before they are known.

    Returns:
        Net returns, equity and turnover; in the first `lag` periods nothing is held.

    Raises:
        ValueError: shapes that differ, no period, a negative cost, or a lag outside 0..t - 1.

    Section: :ref:`sec-fraud-credit-markets`.

    Source: Bailey, Borwein, López de Prado, Zhu (2014), Pseudo-mathematics and financial
        charlatanism, doi:10.1090/noti1105.

    Example:
        >>> returns = torch.tensor([0.1, -0.1, 0.1, -0.1])
        >>> backtest(returns.sign(), returns, lag=0).equity[-1].round(decimals=4)
        tensor(1.4641)
        >>> backtest(returns.sign(), returns, lag=1).equity[-1].round(decimals=4)
        tensor(0.7290)

    In production: vectorbt, zipline.
    """
    if positions.shape != returns.shape or returns.ndim != 1 or not len(returns):
        raise ValueError(
            f"one position per return: {tuple(positions.shape)}, {tuple(returns.shape)}"
        )
    if cost < 0 or not 0 <= lag < len(returns):
        raise ValueError(f"expected cost >= 0 and a lag in 0..{len(returns) - 1}: {cost}, {lag}")
    held = torch.cat([positions.new_zeros(lag), positions[: len(positions) - lag]])
    turnover = held.diff(prepend=held.new_zeros(1)).abs()
    net = held * returns - cost * turnover
    return Backtest(net, (1 + net).cumprod(0), turnover)


def walk_forward_backtest(
    strategy: Callable[[Tensor, Tensor, Tensor], Tensor],
    features: Float[Tensor, "t d"],
    returns: Float[Tensor, " t"],
    *,
    train: int,
    test: int,
    cost: float = 0.0,
    lag: int = 1,
) -> Backtest:
    """Learn from the past, trade for a while, learn again: no period is judged by what it taught.

    Args:
        strategy: from features (train, d) and returns (train,) of the past, and features (m, d) of
            the periods to come, to positions (m,).
        features: what is known at the end of each period, shape (t, d).
        returns: of each period, shape (t,).
        train: periods to learn from.
        test: periods to trade before it learns anew.
        cost: as in `backtest`.
        lag: as in `backtest`.

    Returns:
        The backtest of all periods after the first `train`.

    Raises:
        ValueError: other lengths, train or test below 1, no period left, positions of another
            number, or as `backtest`.

    Section: :ref:`sec-fraud-credit-markets`.

    Source: Pardo (2008), The evaluation and optimization of trading strategies, Wiley.

    Example:
        >>> returns = torch.tensor([0.1, 0.2]).repeat(6)
        >>> hold = lambda X, r, ahead: torch.ones(len(ahead))
        >>> run = walk_forward_backtest(hold, returns[:, None], returns, train=4, test=3)
        >>> run.net.shape
        torch.Size([8])

    In production: sklearn.model_selection.TimeSeriesSplit and vectorbt.
    """
    t = len(returns)
    if len(features) != t or min(train, test) < 1 or train >= t:
        raise ValueError(
            f"expected features of {t} periods, train and test >= 1 and train < {t}, got "
            f"{len(features)}, {train} and {test}"
        )
    positions = []
    for now in range(train, t, test):
        past, ahead = slice(now - train, now), slice(now, min(now + test, t))
        chosen = strategy(features[past], returns[past], features[ahead])
        if chosen.shape != (ahead.stop - now,):
            raise ValueError(f"{ahead.stop - now} positions expected, got {tuple(chosen.shape)}")
        positions.append(chosen.to(returns))
    return backtest(torch.cat(positions), returns[train:], cost=cost, lag=lag)


def looks_ahead(
    signal: Callable[[Tensor], Tensor],
    returns: Float[Tensor, " t"],
    *,
    checks: int = 5,
    generator: torch.Generator | None = None,
) -> bool:
    """Whether a rule's positions change when only the future does: then it cannot be followed.

    Args:
        signal: from all returns (t,) to positions (t,).
        returns: shape (t,).
        checks: times at which what follows is replaced by something else.
        generator: source of times and replacements.

    Returns:
        True if a position was found that hangs on a later return; False is no proof.

    Raises:
        ValueError: fewer than two returns, or no check.

    Section: :ref:`sec-fraud-credit-markets`.

    Source: no publication; a position is a function of the past.

    Example:
        >>> returns = torch.randn(50, generator=torch.Generator().manual_seed(0))
        >>> looks_ahead(lambda r: (r - r.mean()).sign(), returns)  # the mean of all times
        True
        >>> looks_ahead(lambda r: r.sign(), returns)
        False

    In production: the same test.
    """
    t = len(returns)
    if t < 2 or checks < 1:
        raise ValueError(f"expected two returns and one check or more, got {t} and {checks}")
    before, source = signal(returns), generator.device if generator else returns.device
    for now in torch.randint(1, t, (checks,), generator=generator, device=source).tolist():
        changed = returns.clone()
        noise = torch.randn(t - now, generator=generator, device=source).to(returns)
        changed[now:] = (2 + noise.abs()) * (1 + returns.abs().max())
        if not torch.equal(signal(changed)[:now], before[:now]):
            return True
    return False
