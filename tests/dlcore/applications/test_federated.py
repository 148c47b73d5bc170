"""Rounds of one step beside central descent, and drift beside its closed form."""

import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcore.applications import fed_avg, fed_avg_fixed_point, fed_avg_round, local_training
from tests.parity import assert_close


def regression_clients(generator, sizes=(10, 25, 40)):
    """Clients whose inputs and targets differ in distribution."""
    clients = []
    for k, n in enumerate(sizes):
        X = torch.randn(n, 3, generator=generator, dtype=torch.float64) * (1 + k) / 2
        noise = torch.randn(n, generator=generator, dtype=torch.float64)
        clients.append((X, X @ torch.tensor([1.0, -k, 0.5 * k]).double() + 0.1 * noise))
    return clients


@pytest.mark.reference("numpy.average", of="dlcore.applications.fed_avg")
def test_clients_count_as_their_examples(generator):
    states = [
        {"w": torch.randn(2, 3, generator=generator).double(), "n": torch.tensor(k)}
        for k in (1, 5, 6)
    ]
    mean = fed_avg(states, [5, 1, 2])
    expected = np.average([s["w"].numpy() for s in states], axis=0, weights=[5, 1, 2])
    assert_close(mean["w"], expected)
    assert mean["n"].dtype == torch.int64
    assert int(mean["n"]) == round((5 * 1 + 5 + 2 * 6) / 8)


@pytest.mark.reference("torch.optim.SGD", of="dlcore.applications.local_training")
@pytest.mark.reference("torch.optim.SGD", of="dlcore.applications.fed_avg_round")
def test_one_local_step_is_one_central_step(generator):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3)).double()
    clients = [
        (
            torch.randn(n, 4, generator=generator, dtype=torch.float64),
            torch.randint(3, (n,), generator=generator),
        )
        for n in (5, 20, 12)
    ]
    central = copy.deepcopy(model)
    optimizer = torch.optim.SGD(central.parameters(), lr=0.4)
    everything = torch.cat([X for X, _ in clients]), torch.cat([y for _, y in clients])
    for _ in range(2):
        optimizer.zero_grad()
        F.cross_entropy(central(everything[0]), everything[1]).backward()
        optimizer.step()
        fed_avg_round(model, clients, F.cross_entropy, lr=0.4)
    for ours, theirs in zip(model.parameters(), central.parameters(), strict=True):
        assert_close(ours, theirs)
    alone = local_training(model, *everything, F.cross_entropy, lr=0.4, steps=3)
    for _ in range(3):
        optimizer.zero_grad()
        F.cross_entropy(central(everything[0]), everything[1]).backward()
        optimizer.step()
    for name, p in central.state_dict().items():
        assert_close(alone[name], p)
    assert not torch.equal(alone["0.weight"], model[0].weight)  # the model stays


@pytest.mark.reference("numpy.linalg.lstsq", of="dlcore.applications.fed_avg_fixed_point")
@pytest.mark.reference("torch.optim.SGD", of="dlcore.applications.fed_avg_fixed_point")
def test_many_local_steps_rest_elsewhere(generator):
    clients = regression_clients(generator)
    X, y = (torch.cat(parts) for parts in zip(*clients, strict=True))
    best = np.linalg.lstsq(X.numpy(), y.numpy(), rcond=None)[0]
    assert_close(fed_avg_fixed_point(clients, lr=0.05), best)
    drifted = fed_avg_fixed_point(clients, lr=0.05, steps=10)
    assert float((drifted - torch.as_tensor(best)).norm()) > 0.05
    model = nn.Linear(3, 1, bias=False).double()
    tables = [(X, y[:, None]) for X, y in clients]
    for _ in range(60):
        fed_avg_round(model, tables, F.mse_loss, lr=0.05, steps=10)
    assert_close(model.weight[0], drifted, rtol=1e-6)


@pytest.mark.bad_input
def test_clients_that_do_not_fit():
    one, two = {"w": torch.ones(2)}, {"w": torch.ones(3)}
    model, X, y = nn.Linear(2, 1), torch.ones(3, 2), torch.ones(3, 1)
    for call, message in (
        (lambda: fed_avg([], []), "per client"),
        (lambda: fed_avg([one], [1, 2]), "per client"),
        (lambda: fed_avg([one, one], [1, 0]), "at least 1"),
        (lambda: fed_avg([one, two], [1, 1]), "names or shapes"),
        (lambda: local_training(model, X, y[:2], F.mse_loss, lr=0.1), "one target"),
        (lambda: local_training(model, X, y, F.mse_loss, lr=0.0), "lr above 0"),
        (lambda: local_training(model, X, y, F.mse_loss, lr=0.1, steps=0), "at least 1 step"),
        (lambda: fed_avg_fixed_point([], lr=0.1), "clients, lr"),
        (lambda: fed_avg_fixed_point([(X, y)], lr=0.1), "clients need"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
