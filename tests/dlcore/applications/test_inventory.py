"""The newsvendor against SciPy's quantile and the profit of every quantity."""

import numpy as np
import pytest
import scipy.stats
import torch
from torch.distributions import Exponential, Normal

from dlcore.applications import newsvendor_profit, newsvendor_quantity
from tests.parity import assert_close


@pytest.mark.reference("scipy.stats.norm.ppf", of="dlcore.applications.newsvendor_quantity")
def test_quantiles():
    order = newsvendor_quantity(Normal(100.0, 20.0), price=10, cost=6)
    assert_close(order, scipy.stats.norm.ppf(0.4, 100, 20), rtol=1e-5)
    assert round(order, 2) == 94.93
    order = newsvendor_quantity(Exponential(0.1), price=9, cost=4, salvage=2)
    assert_close(order, scipy.stats.expon.ppf(5 / 7, scale=10), rtol=1e-5)


@pytest.mark.reference("profit of every quantity", of="dlcore.applications.newsvendor_quantity")
@pytest.mark.reference("numpy.minimum", of="dlcore.applications.newsvendor_profit")
def test_no_other_order_earns_more_on_the_past(generator):
    demand = torch.randint(0, 60, (101,), generator=generator).double()
    prices = {"price": 10.0, "cost": 4.0, "salvage": 1.0}
    every = torch.arange(60, dtype=torch.float64)
    profit = newsvendor_profit(every, demand, **prices)
    q, d = every.numpy()[:, None], demand.numpy()
    sold = np.minimum(q, d)
    assert_close(profit, 10 * sold + (q - sold) - 4 * q)
    best = newsvendor_quantity(demand, **prices)
    assert_close(profit[int(best)].mean(), profit.mean(1).max())
    assert profit[int(demand.mean())].mean() < profit[int(best)].mean()
    assert newsvendor_profit(5.0, demand, **prices).shape == (101,)


@pytest.mark.bad_input
def test_what_does_not_fit():
    demand = torch.ones(3)
    for call, message in (
        (lambda: newsvendor_quantity(demand, price=2, cost=3), "salvage < cost < price"),
        (lambda: newsvendor_quantity(demand, price=4, cost=3, salvage=3), "salvage < cost"),
        (lambda: newsvendor_quantity(demand[:0], price=4, cost=3), "expected past demands"),
        (lambda: newsvendor_profit(-1.0, demand, price=4, cost=3), "cannot be negative"),
        (lambda: newsvendor_profit(1.0, demand, price=2, cost=3), "salvage < cost < price"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
