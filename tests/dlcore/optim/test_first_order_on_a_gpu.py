"""On a GPU the same steps come out as on the CPU, for parameters on both at once."""

import pytest
import torch

from dlcore import optim
from dlcore.optim import compare_optimizers, cosine_annealing, ravine

NAMES = (
    *("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "NAdam", "RAdam"),
    *("Lion", "LARS", "LAMB"),
)


@pytest.mark.gpu
@pytest.mark.parametrize("name", NAMES)
def test_parameters_on_two_devices(name):
    start = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64)
    both = [start.clone().to(where).requires_grad_() for where in ("cpu", "cuda")]
    optimizer = getattr(optim, name)(both, lr=0.01, weight_decay=0.1)
    for _ in range(20):
        optimizer.zero_grad()
        sum((w**4).sum().cpu() for w in both).backward()
        optimizer.step()
    assert both[1].is_cuda
    torch.testing.assert_close(both[1].cpu(), both[0], rtol=1e-9, atol=1e-12)
    assert not torch.equal(both[0], start)


@pytest.mark.gpu
def test_races_and_schedules():
    t = torch.arange(10.0, device="cuda")
    assert cosine_annealing(t, T_max=10).is_cuda
    noisy = lambda x, g: ravine(x + 0.01 * torch.randn(2, generator=g, device=x.device))  # noqa: E731
    race = {"SGD": lambda p: optim.SGD(p, lr=0.001)}
    run = compare_optimizers(noisy, torch.ones(2, device="cuda"), race, steps=5, seed=0)["SGD"]
    assert run.path.is_cuda
    assert run.losses[-1] < run.losses[0]
