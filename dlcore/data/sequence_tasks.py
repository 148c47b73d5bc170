"""Made-up sequences whose difficulty is known: what must be kept, for how long, and why."""

import math
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

PAD, BOS, EOS = 0, 1, 2


def _require(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise ValueError(f"{name} must be at least 1, got {number}")


def _source(generator: torch.Generator | None) -> dict[str, Any]:
    """Where numbers come from, as torch's functions take it."""
    return {"generator": generator, "device": generator.device if generator else None}


def _share(**shares: float) -> None:
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {share}")


def make_adding_problem(
    n: int, length: int, *, generator: torch.Generator | None = None
) -> tuple[Float[Tensor, "n t two"], Float[Tensor, " n"]]:
    """Numbers from [0, 1), two of them marked, one in each half: what is their sum?

    Args:
        n: how many sequences.
        length: steps of each, at least 2.
        generator: source of the numbers; by default torch's global one.

    Returns:
        X (n, length, 2), number and mark 0 or 1 at each step, and the sums y (n,). Predicting 1
        always has mean squared error 1/6.

    Raises:
        ValueError: n below 1 or length below 2.

    Section: :ref:`sec-sequence-types`.

    Source: Hochreiter, Schmidhuber (1997), Long short-term memory, doi:10.1162/neco.1997.9.8.1735.

    Example:
        >>> X, y = make_adding_problem(4, 10)
        >>> X.shape, bool(torch.allclose((X[..., 0] * X[..., 1]).sum(1), y))
        (torch.Size([4, 10, 2]), True)

    In production: a benchmark for memory, not data to learn from.
    """
    _require(n=n, length=length - 1)
    how = _source(generator)
    numbers = torch.rand(n, length, **how)
    half = length // 2
    first = torch.randint(half, (n,), **how)
    second = half + torch.randint(length - half, (n,), **how)
    marks = torch.zeros_like(numbers)
    rows = torch.arange(n, device=numbers.device)
    marks[rows, first] = marks[rows, second] = 1
    return torch.stack([numbers, marks], dim=-1), (numbers * marks).sum(dim=1)


def make_copy_task(
    n: int,
    length: int = 10,
    delay: int = 20,
    symbols: int = 8,
    *,
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, "n t"], Int[Tensor, "n t"]]:
    """Symbols to be written down again after a delay, when a marker says so.

    Args:
        n: how many sequences.
        length: how many symbols are to be remembered.
        delay: how many blanks come between; the last is the marker.
        symbols: how many different symbols; their numbers are 1..symbols, blank is 0, the marker
            symbols + 1.
        generator: source of the numbers; by default torch's global one.

    Returns:
        X and Y (n, length + delay + length): the target is blank until the symbols are due.
        Without memory the best mean cross-entropy is length log(symbols) / steps.

    Raises:
        ValueError: a number below 1.

    Section: :ref:`sec-sequence-types`.

    Source: Arjovsky, Shah, Bengio (2016), Unitary evolution recurrent neural networks,
        arXiv:1511.06464.

    Example:
        >>> X, Y = make_copy_task(1, length=2, delay=3, symbols=1)
        >>> X, Y
        (tensor([[1, 1, 0, 0, 2, 0, 0]]), tensor([[0, 0, 0, 0, 0, 1, 1]]))

    In production: a benchmark for memory, not data to learn from.
    """
    _require(n=n, length=length, delay=delay, symbols=symbols)
    how = _source(generator)
    told = torch.randint(1, symbols + 1, (n, length), **how)
    X = told.new_zeros(n, length + delay + length)
    Y = X.clone()
    X[:, :length], Y[:, length + delay :] = told, told
    X[:, length + delay - 1] = symbols + 1
    return X, Y


def make_reversal(
    n: int,
    lengths: tuple[int, int] = (3, 8),
    symbols: int = 10,
    *,
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, "n t_source"], Int[Tensor, "n t_target"]]:
    """Sequences and the same backwards: each output needs one place of the input.

    Args:
        n: how many pairs.
        lengths: shortest and longest sequence.
        symbols: how many different symbols; their numbers are 3..symbols + 2; padding is 0,
            the beginning 1, the end 2.
        generator: source of the numbers; by default torch's global one.

    Returns:
        source (n, longest + 1), each ended by 2, and target (n, longest + 2), each begun by 1 and
        ended by 2; both padded with 0 at the end.

    Raises:
        ValueError: a number below 1, or the shortest above the longest.

    Section: :ref:`sec-sequence-types`.

    Source: Sutskever, Vinyals, Le (2014), Sequence to sequence learning with neural networks,
        arXiv:1409.3215.

    Example:
        >>> make_reversal(1, (2, 2), symbols=1)
        (tensor([[3, 3, 2]]), tensor([[1, 3, 3, 2]]))

    In production: a benchmark for alignment, not data to learn from.
    """
    shortest, longest = lengths
    _require(n=n, shortest=shortest, symbols=symbols)
    if shortest > longest:
        raise ValueError(f"the shortest length exceeds the longest: {lengths}")
    how = _source(generator)
    sizes = torch.randint(shortest, longest + 1, (n, 1), **how)
    drawn = torch.randint(EOS + 1, symbols + EOS + 1, (n, longest), **how)
    places = torch.arange(longest + 1, device=drawn.device)
    source = torch.nn.functional.pad(drawn, (0, 1))
    backwards = source.gather(1, (sizes - 1 - places).clamp(min=0))
    ended = [
        torch.where(places < sizes, body, torch.where(places == sizes, EOS, PAD))
        for body in (source, backwards)
    ]
    return ended[0], torch.nn.functional.pad(ended[1], (1, 0), value=BOS)


def make_parity(
    n: int, length: int, *, generator: torch.Generator | None = None
) -> tuple[Float[Tensor, "n t one"], Int[Tensor, "n t"]]:
    """Bits, and at each step whether an odd number of ones has come: one bit of state is enough.

    Args:
        n: how many sequences.
        length: steps of each.
        generator: source of the numbers; by default torch's global one.

    Returns:
        X (n, length, 1) of 0 and 1, and the parities Y (n, length).

    Raises:
        ValueError: a number below 1.

    Section: :ref:`sec-sequence-types`.

    Source: Minsky, Papert (1969), Perceptrons, MIT Press.

    Example:
        >>> X, Y = make_parity(3, 5)
        >>> bool(torch.equal(Y, X.squeeze(-1).cumsum(1).long() % 2))
        True

    In production: a benchmark for state, not data to learn from.
    """
    _require(n=n, length=length)
    how = _source(generator)
    bits = torch.randint(2, (n, length), **how)
    return bits[..., None].to(torch.get_default_dtype()), bits.cumsum(dim=1) % 2


def make_delayed_echo(
    n: int, length: int, delay: int = 3, *, generator: torch.Generator | None = None
) -> tuple[Float[Tensor, "n t one"], Float[Tensor, "n t one"]]:
    """Noise, to be repeated some steps later; before the first echo the target is 0.

    Args:
        n: how many sequences.
        length: steps of each.
        delay: how many steps later.
        generator: source of the numbers; by default torch's global one.

    Returns:
        X and Y (n, length, 1). Predicting 0 always has mean squared error 1 once echoes come.

    Raises:
        ValueError: a number below 1, or no room for an echo.

    Section: :ref:`sec-sequence-types`.

    Source: Jaeger (2001), Short term memory in echo state networks, GMD report 152.

    Example:
        >>> X, Y = make_delayed_echo(2, 8, delay=3)
        >>> bool(torch.equal(Y[:, 3:], X[:, :-3]))
        True

    In production: a benchmark for memory, not data to learn from.
    """
    _require(n=n, delay=delay)
    if length <= delay:
        raise ValueError(f"length must exceed the delay {delay}, got {length}")
    how = _source(generator)
    X = torch.randn(n, length, 1, **how)
    Y = torch.zeros_like(X)
    Y[:, delay:] = X[:, :-delay]
    return X, Y


def make_sine_waves(
    n: int,
    length: int,
    noise: float = 0.0,
    *,
    periods: tuple[float, float] = (10.0, 30.0),
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n t"]:
    """Sine waves of random period and phase, to be continued.

    Args:
        n: how many waves.
        length: steps of each.
        noise: standard deviation of what is added at each step.
        periods: shortest and longest period, in steps; evenly drawn between.
        generator: source of the numbers; by default torch's global one.

    Returns:
        The waves, amplitude 1, shape (n, length).

    Raises:
        ValueError: a number below 1, negative noise, periods that are not positive and in order.

    Section: :ref:`sec-sequence-types`.

    Source: Elman (1990), Finding structure in time, doi:10.1207/s15516709cog1402_1.

    Example:
        >>> bool(make_sine_waves(2, 50).abs().max() <= 1)
        True

    In production: a benchmark for forecasting, not data to learn from.
    """
    _require(n=n, length=length)
    if not (noise >= 0 and 0 < periods[0] <= periods[1]):
        raise ValueError(f"expected noise >= 0 and 0 < shortest <= longest: {noise}, {periods}")
    how = _source(generator)
    period = periods[0] + (periods[1] - periods[0]) * torch.rand(n, 1, **how)
    phase = 2 * math.pi * torch.rand(n, 1, **how)
    steps = torch.arange(length, device=period.device)
    return torch.sin(2 * math.pi * steps / period + phase) + noise * torch.randn(n, length, **how)


def make_random_walks(
    n: int, length: int, *, generator: torch.Generator | None = None
) -> Float[Tensor, "n t"]:
    """Sums of Gaussian steps: the last value is the best forecast, and no network beats it.

    Args:
        n: how many walks.
        length: steps of each.
        generator: source of the numbers; by default torch's global one.

    Returns:
        Walks that start from 0, shape (n, length); the first value is the first step.

    Raises:
        ValueError: a number below 1.

    Section: :ref:`sec-sequence-types`.

    Source: Pearson (1905), The problem of the random walk, doi:10.1038/072294b0.

    Example:
        >>> make_random_walks(2, 50).shape
        torch.Size([2, 50])

    In production: a baseline for forecasts of prices.
    """
    _require(n=n, length=length)
    how = _source(generator)
    return torch.randn(n, length, **how).cumsum(dim=1)


def make_transactions(
    n: int,
    length: int = 20,
    *,
    fraud_rate: float = 0.2,
    generator: torch.Generator | None = None,
) -> tuple[Float[Tensor, "n t two"], Int[Tensor, " n"]]:
    """Payments of cards, some of them stolen: then come several payments in quick succession.

    A card pays at about its own level; waiting times are exponential with mean 1. A thief pays
    three times in a row at twice the level, with a tenth of the waiting time: no single payment
    tells, since honest payments vary as much.

    Args:
        n: how many cards.
        length: payments of each, at least 3.
        fraud_rate: share of cards that are stolen, on average.
        generator: source of the numbers; by default torch's global one.

    Returns:
        X (n, length, 2), logarithm of the amount and waiting time, and y (n,), 1 for stolen cards.

    Raises:
        ValueError: n below 1, length below 3, a share outside [0, 1].

    Section: :ref:`sec-sequence-types`.

    Source: Jurgovsky et al. (2018), Sequence classification for credit-card fraud detection,
        doi:10.1016/j.eswa.2018.01.037.

    Example:
        >>> X, y = make_transactions(5)
        >>> X.shape, y.shape
        (torch.Size([5, 20, 2]), torch.Size([5]))

    In production: real payments are confidential; this is a stand-in.
    """
    _require(n=n, length=length - 2)
    _share(fraud_rate=fraud_rate)
    how = _source(generator)
    level = 3 + torch.randn(n, 1, **how)
    amounts = level + torch.randn(n, length, **how)
    waits = -torch.log1p(-torch.rand(n, length, **how))
    stolen = torch.rand(n, **how) < fraud_rate
    first = torch.randint(length - 2, (n, 1), **how)
    steps = torch.arange(length, device=first.device)
    by_thief = stolen[:, None] & (steps >= first) & (steps < first + 3)
    amounts = torch.where(by_thief, amounts + math.log(2), amounts)
    waits = torch.where(by_thief, waits / 10, waits)
    return torch.stack([amounts, waits], dim=-1), stolen.long()
