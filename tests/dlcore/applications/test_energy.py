"""Operations counted by hand and by torch, and electricity in closed form."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dlcore.applications import Footprint, carbon_footprint, estimate_flops
from tests.parity import assert_close


@pytest.mark.reference(
    "torch.utils.flop_counter.FlopCounterMode", of="dlcore.applications.estimate_flops"
)
def test_two_for_each_multiplication():
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 10)
    )
    by_hand = 2 * (8 * 8 * 8 * 27 + 128 * 10)
    assert estimate_flops(model, (3, 8, 8)) == by_hand
    with FlopCounterMode(display=False) as counter:
        loss = model(torch.ones(5, 3, 8, 8)).sum()
    assert estimate_flops(model, (3, 8, 8), examples=5) == counter.get_total_flops()
    with FlopCounterMode(display=False) as counter:
        loss = model(torch.ones(5, 3, 8, 8, requires_grad=True)).sum()
        loss.backward()
    assert estimate_flops(model, (3, 8, 8), examples=5, training=True) == counter.get_total_flops()


@pytest.mark.reference("closed form", of="dlcore.applications.carbon_footprint")
@pytest.mark.reference("closed form", of="dlcore.applications.Footprint")
def test_power_times_time_times_overhead():
    used = carbon_footprint(4000, 72, pue=1.25, kg_per_kwh=0.4)
    assert isinstance(used, Footprint)
    assert_close(used.kwh, 360.0)
    assert_close(used.kg, 144.0)
    # 1287 MWh at 0.429 kg per kWh
    assert_close(carbon_footprint(1287e6, 1, kg_per_kwh=0.429).kg / 1000, 552.123)


@pytest.mark.bad_input
def test_nothing_negative():
    with pytest.raises(ValueError, match="examples must be"):
        estimate_flops(nn.Linear(2, 2), (2,), examples=0)
    for watts, hours, kg, pue in ((-1, 1, 1, 1), (1, -1, 1, 1), (1, 1, -1, 1), (1, 1, 1, 0.9)):
        with pytest.raises(ValueError, match="nothing may be negative"):
            carbon_footprint(watts, hours, kg_per_kwh=kg, pue=pue)
