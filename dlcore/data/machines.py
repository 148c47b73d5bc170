"""Synthetic machines: sensors until the failure; pictures of surfaces with and without flaws."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def make_run_to_failure(
    units: int,
    *,
    sensors: int = 4,
    shortest: int = 80,
    longest: int = 200,
    noise: float = 0.1,
    generator: torch.Generator | None = None,
) -> list[Float[Tensor, "t sensors"]]:
    """Draw machines that wear out, slowly at first: synthetic.

    Damage grows as exp(5 t / T) from 0 to 1 over a life of T steps. The even sensors follow it, up
    or down, each by an amount of its own; the odd ones show noise alone.

    Args:
        units: number of machines.
        sensors: of each.
        shortest: shortest life in steps, at least 2.
        longest: longest life.
        noise: standard deviation added to each value.
        generator: source of everything random, on the CPU; by default seeded with 0.

    Returns:
        For each machine its sensors until the last step before the failure, shape (T, sensors).

    Raises:
        ValueError: no unit or sensor, not 2 <= shortest <= longest, or a negative noise.

    Section: :ref:`sec-manufacturing`.

    Source: the task of Saxena, Goebel, Simon, Eklund (2008), doi:10.1109/PHM.2008.4711414; the
        formula is ours.

    Example:
        >>> runs = make_run_to_failure(3, shortest=50, longest=50)
        >>> len(runs), runs[0].shape
        (3, torch.Size([50, 4]))

    In production: measured runs, such as NASA's turbofan data.
    """
    if units < 1 or sensors < 1 or not 2 <= shortest <= longest or noise < 0:
        raise ValueError(
            "expected units, sensors >= 1, 2 <= shortest <= longest and noise >= 0, got "
            f"{units}, {sensors}, {shortest}, {longest}, {noise}"
        )
    generator = generator or torch.Generator().manual_seed(0)
    gains = torch.tensor([(1.0, 0.0, -0.7, 0.0)[i % 4] for i in range(sensors)])
    runs = []
    for _ in range(units):
        life = int(torch.randint(shortest, longest + 1, (), generator=generator))
        damage = torch.expm1(5 * torch.linspace(0, 1, life)) / torch.tensor(5.0).expm1()
        own = 1 + 0.2 * torch.rand(sensors, generator=generator)
        errors = noise * torch.randn(life, sensors, generator=generator)
        runs.append(damage[:, None] * gains * own + errors)
    return runs


def make_surfaces(
    n: int,
    *,
    size: int = 32,
    flawed: bool = False,
    noise: float = 0.1,
    generator: torch.Generator | None = None,
) -> tuple[Float[Tensor, "n size size"], Bool[Tensor, "n size size"]]:
    """Draw pictures of a woven surface, on request with a spot or a scratch in each: synthetic.

    Args:
        n: number of pictures.
        size: side in pixels, at least 16.
        flawed: whether each has a flaw.
        noise: standard deviation added to each pixel.
        generator: source of everything random, on the CPU; by default seeded with 0.

    Returns:
        Pictures with values around 0.5, shape (n, size, size), and which pixels are flawed.

    Raises:
        ValueError: no picture, a side below 16, or a negative noise.

    Section: :ref:`sec-manufacturing`.

    Source: the task of Bergmann, Fauser, Sattlegger, Steger (2019), doi:10.1109/CVPR.2019.00982;
        the pattern is ours.

    Example:
        >>> pictures, flaws = make_surfaces(2, flawed=True)
        >>> pictures.shape, bool((flaws.sum((1, 2)) > 0).all())
        (torch.Size([2, 32, 32]), True)

    In production: photographs, such as MVTec AD.
    """
    if n < 1 or size < 16 or noise < 0:
        raise ValueError(f"expected n >= 1, size >= 16, noise >= 0, got {n}, {size}, {noise}")
    generator = generator or torch.Generator().manual_seed(0)
    y, x = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    shift = 2 * torch.pi * torch.rand(2, n, 1, 1, generator=generator)
    weave = torch.sin(2 * torch.pi * x / 6 + shift[0]) * torch.sin(2 * torch.pi * y / 8 + shift[1])
    pictures = 0.5 + 0.25 * weave + noise * torch.randn(n, size, size, generator=generator)
    flaws = torch.zeros(n, size, size, dtype=torch.bool)
    if flawed:
        middle = 4 + (size - 8) * torch.rand(2, n, 1, 1, generator=generator)
        angle = torch.pi * torch.rand(n, 1, 1, generator=generator)
        along = (x - middle[0]) * torch.cos(angle) + (y - middle[1]) * torch.sin(angle)
        across = (y - middle[1]) * torch.cos(angle) - (x - middle[0]) * torch.sin(angle)
        length = torch.where(torch.rand(n, 1, 1, generator=generator) < 0.5, 2.0, 6.0)
        flaws = (along / length) ** 2 + (across * length / 4) ** 2 <= 1
        brighter = torch.where(torch.rand(n, 1, 1, generator=generator) < 0.5, -0.4, 0.4)
        pictures = pictures + brighter * flaws
    return pictures, flaws
