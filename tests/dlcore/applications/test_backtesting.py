"""Back-tests against a loop over the days, and rules that are known to cheat."""

import numpy as np
import pytest
import torch

from dlcore.applications import (
    Backtest,
    backtest,
    looks_ahead,
    sharpe_ratio,
    walk_forward_backtest,
)
from tests.parity import assert_close


def days(generator, n: int = 252) -> torch.Tensor:
    return 0.01 * torch.randn(n, dtype=torch.float64, generator=generator)


@pytest.mark.reference("numpy.std", of="dlcore.applications.sharpe_ratio")
def test_sharpe(generator):
    r = days(generator)
    expected = (r.numpy().mean() - 1e-4) / r.numpy().std(ddof=1) * np.sqrt(12)
    assert_close(sharpe_ratio(r, periods=12, risk_free=1e-4), expected)


@pytest.mark.reference("loop over the days", of="dlcore.applications.backtest")
@pytest.mark.reference("loop over the days", of="dlcore.applications.Backtest")
@pytest.mark.parametrize("lag", [0, 1, 3])
def test_day_by_day(generator, lag):
    r, wanted = days(generator, 30), torch.randn(30, dtype=torch.float64, generator=generator)
    run = backtest(wanted, r, cost=0.002, lag=lag)
    assert isinstance(run, Backtest)
    money, held = 1.0, 0.0
    for t in range(30):
        position = float(wanted[t - lag]) if t >= lag else 0.0
        traded, held = abs(position - held), position
        earned = position * float(r[t]) - 0.002 * traded
        money *= 1 + earned
        assert_close(run.turnover[t], traded, atol=1e-9)
        assert_close(run.net[t], earned, atol=1e-12)
        assert_close(run.equity[t], money)


def test_knowing_today_s_return_today_makes_rich_and_a_day_later_nothing(generator):
    r = days(generator, 2520)
    cheat, honest = (backtest(r.sign(), r, lag=lag).net for lag in (0, 1))
    assert 19 < sharpe_ratio(cheat) < 24
    assert abs(sharpe_ratio(honest)) < 3 / np.sqrt(10)
    rules = torch.randn(1000, 252, generator=generator, dtype=torch.float64).sign()
    best = max(sharpe_ratio(rule * days(generator)) for rule in rules)
    assert 2.2 < best < 5


@pytest.mark.reference(
    "numpy.linalg.lstsq on the past", of="dlcore.applications.walk_forward_backtest"
)
def test_walking_forward(generator):
    r = days(generator, 43)
    X = torch.randn(43, 2, dtype=torch.float64, generator=generator)

    def strategy(X_past, r_past, X_ahead):
        weights, *_ = np.linalg.lstsq(X_past.numpy(), r_past.numpy(), rcond=None)
        return torch.from_numpy(np.sign(X_ahead.numpy() @ weights))

    run = walk_forward_backtest(strategy, X, r, train=20, test=10, cost=0.001)
    positions = []
    for now in (20, 30, 40):
        w, *_ = np.linalg.lstsq(X[now - 20 : now].numpy(), r[now - 20 : now].numpy(), rcond=None)
        positions += np.sign(X[now : min(now + 10, 43)].numpy() @ w).tolist()
    expected = backtest(torch.tensor(positions, dtype=torch.float64), r[20:], cost=0.001)
    assert_close(run.net, expected.net)
    assert len(run.net) == 23


@pytest.mark.reference("rules that cheat by construction", of="dlcore.applications.looks_ahead")
def test_cheats_are_found(generator):
    r = days(generator, 60)

    def centred(r):
        return r - r.mean()

    def tomorrow(r):
        return r.roll(-1)

    def smooth(r):
        return torch.nn.functional.avg_pool1d(r[None], 3, 1, padding=1)[0]

    def trailing(r):
        return r.cumsum(0) / torch.arange(1, 61)

    for rule, cheats in ((centred, True), (tomorrow, True), (smooth, True), (trailing, False)):
        assert looks_ahead(rule, r, generator=generator) is cheats
    assert not looks_ahead(torch.ones_like, r, generator=generator)


@pytest.mark.bad_input
def test_what_does_not_fit():
    r, X = torch.tensor([0.1, 0.2, 0.3]), torch.ones(3, 1)

    def one(X, r, ahead):
        return torch.ones(1)

    for call, message in (
        (lambda: sharpe_ratio(r[:1]), "two returns or more"),
        (lambda: sharpe_ratio(torch.ones(3)), "never change"),
        (lambda: backtest(r[:2], r), "one position per return"),
        (lambda: backtest(r, r, cost=-0.1), "cost >= 0"),
        (lambda: backtest(r, r, lag=3), r"a lag in 0\.\.2"),
        (lambda: walk_forward_backtest(one, X[:2], r, train=1, test=1), "features of 3 periods"),
        (lambda: walk_forward_backtest(one, X, r, train=3, test=1), "train < 3"),
        (lambda: walk_forward_backtest(one, X, r, train=1, test=0), "test >= 1"),
        (lambda: walk_forward_backtest(one, X, r, train=1, test=2), "2 positions expected"),
        (lambda: looks_ahead(torch.sign, r[:1]), "two returns"),
        (lambda: looks_ahead(torch.sign, r, checks=0), "one check"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
