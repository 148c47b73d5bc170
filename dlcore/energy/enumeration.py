"""All states of binary units, one block after the other: exact sums for small models."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

MOST_UNITS = 26
LogScore = Callable[[Tensor], Tensor]


def binary_states(
    d: int,
    start: int = 0,
    stop: int | None = None,
    *,
    dtype: torch.dtype | None = None,
    device: torch.device | None = None,
) -> Float[Tensor, "m d"]:
    """States of d binary units, counted up: 00…0, 00…1, and so on.

    Args:
        d: how many units.
        start: number of the first state.
        stop: number after the last one; by default all 2^d.
        dtype: by default torch's.
        device: by default torch's.

    Returns:
        One state a row, shape (stop - start, d): zeros and ones, the last unit counts fastest.

    Raises:
        ValueError: no unit, or numbers outside 0..2^d.

    Equation: :eq:`eq-unnormalized`.
    Section: :ref:`sec-counting-states`.

    Source: counting.

    Example:
        >>> binary_states(2)
        tensor([[0., 0.],
                [0., 1.],
                [1., 0.],
                [1., 1.]])

    In production: itertools.product([0, 1], repeat=d).
    """
    stop = 2**d if stop is None and d > 0 else stop
    if not 0 < d < 63 or stop is None or not 0 <= start <= stop <= 2**d:
        raise ValueError(f"states {start} to {stop} of {d} units do not exist")
    numbers = torch.arange(start, stop, device=device)
    places = torch.arange(d - 1, -1, -1, device=device)
    dtype = torch.get_default_dtype() if dtype is None else dtype
    return (numbers[:, None] >> places & 1).to(dtype)


def streaming_log_partition(
    log_score: LogScore,
    d: int,
    *,
    chunk: int = 2**14,
    dtype: torch.dtype = torch.float64,
    device: torch.device | None = None,
) -> Float[Tensor, ""]:
    r"""$\log Z = \log\sum_{x \in \{0,1\}^d} \tilde p(x)$, a block of states at a time.

    Time grows as 2^d, memory does not grow: a block's logarithm of a sum joins the one so far.

    Args:
        log_score: $\log\tilde p$ of states as rows, (n, d) to (n,).
        d: how many units, at most 26.
        chunk: states in a block.
        dtype: of the states.
        device: of the states.

    Returns:
        The logarithm of Z; gradients flow through it.

    Raises:
        ValueError: too many units to wait for, none, or an empty block.

    Equation: :eq:`eq-unnormalized`.
    Section: :ref:`sec-counting-states`.

    Source: the definition.

    Example:
        >>> import math
        >>> round(streaming_log_partition(lambda x: x.sum(1), 3).item(), 4)
        3.9398
        >>> round(3 * math.log(1 + math.e), 4)
        3.9398

    In production: nobody sums 2^d terms; see the estimates of this package.
    """
    return logsumexp_states(log_score, d, chunk=chunk, dtype=dtype, device=device)


def logsumexp_states(
    log_score: LogScore,
    d: int,
    *,
    chunk: int = 2**14,
    dtype: torch.dtype = torch.float64,
    device: torch.device | None = None,
) -> Tensor:
    """The sum over states along the first axis of what the score gives, (n, ...) to (...)."""
    if not 0 < d <= MOST_UNITS or chunk < 1:
        raise ValueError(
            f"expected 1 to {MOST_UNITS} units in blocks of 1 or more, got {d} and {chunk}"
        )
    total = torch.tensor(-torch.inf, dtype=dtype, device=device)
    for start in range(0, 2**d, chunk):
        x = binary_states(d, start, min(start + chunk, 2**d), dtype=dtype, device=device)
        total = torch.logaddexp(total, log_score(x).logsumexp(0))
    return total
