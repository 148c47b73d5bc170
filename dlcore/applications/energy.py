"""What computing costs in operations, electricity and carbon dioxide."""

from collections.abc import Sequence
from typing import NamedTuple

from torch import nn

from dlcore.nn import count_macs


def estimate_flops(
    model: nn.Module, input_size: Sequence[int], *, examples: int = 1, training: bool = False
) -> int:
    """Floating-point operations of a model's convolutions and dense layers.

    Args:
        model: a module, of our layers or torch's, that takes one tensor.
        input_size: the shape of one example.
        examples: how many pass through, each epoch's anew.
        training: whether they are trained on: the backward pass counts twice the forward pass.

    Returns:
        Two for each multiply-accumulate, times three when training. Attention's products and what
        else is computed with plain functions is not seen.

    Raises:
        ValueError: examples below 1, or a size that does not fit.

    Section: :ref:`sec-energy`.

    Source: Kaplan et al. (2020), Scaling laws for neural language models, arXiv:2001.08361,
        table 1.

    Example:
        >>> estimate_flops(nn.Linear(1000, 10), (1000,), examples=60_000, training=True)
        3600000000

    In production: torch.utils.flop_counter.FlopCounterMode.
    """
    if examples < 1:
        raise ValueError(f"examples must be at least 1, got {examples}")
    return 2 * count_macs(model, input_size) * examples * (3 if training else 1)


class Footprint(NamedTuple):
    """What a computation draws and emits.

    Attributes:
        kwh: electricity, in kilowatt-hours.
        kg: carbon dioxide equivalent, in kilograms.
    """

    kwh: float
    kg: float


def carbon_footprint(
    watts: float, hours: float, *, kg_per_kwh: float, pue: float = 1.0
) -> Footprint:
    """Electricity and emissions of hardware that runs for a time.

    Args:
        watts: mean power of all devices together, measured if possible: less than their limit.
        hours: how long.
        kg_per_kwh: emissions of the electricity; they differ between countries and hours by more
            than ten times, so there is no default.
        pue: power usage effectiveness: the data centre's whole draw over that of its computers, at
            least 1.

    Returns:
        Power times time times PUE, and that times the emissions. Making the hardware is not in it.

    Raises:
        ValueError: negative values, or a PUE below 1.

    Equation: :eq:`eq-carbon-footprint`.
    Section: :ref:`sec-energy`.

    Source: Strubell, Ganesh, McCallum (2019), Energy and policy considerations for deep learning in
        NLP, arXiv:1906.02243; Patterson et al. (2021), Carbon emissions and large neural network
        training, arXiv:2104.10350.

    Example:
        >>> carbon_footprint(300, 10, pue=1.5, kg_per_kwh=0.4)
        Footprint(kwh=4.5, kg=1.8)

    In production: codecarbon, which measures the power.
    """
    if watts < 0 or hours < 0 or kg_per_kwh < 0 or not pue >= 1:
        raise ValueError(
            f"nothing may be negative and pue must be at least 1, got {watts} W, {hours} h, "
            f"{kg_per_kwh} kg/kWh, {pue}"
        )
    kwh = watts * hours * pue / 1000
    return Footprint(kwh, kwh * kg_per_kwh)
