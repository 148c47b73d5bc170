"""One pass over the examples in small batches."""

from collections.abc import Iterator

import torch
from jaxtyping import Shaped
from torch import Tensor


def iterate_minibatches(
    X: Shaped[Tensor, "n ..."],
    y: Shaped[Tensor, "n ..."],
    batch_size: int,
    shuffle: bool = True,
    generator: torch.Generator | None = None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Go once over all examples, `batch_size` at a time; the last batch may be smaller.

    Args:
        X: inputs, shape (n, ...).
        y: targets, shape (n, ...).
        batch_size: examples in a batch, B.
        shuffle: in a new random order each time.
        generator: source of the order; by default torch's global one.

    Returns:
        Pairs of a batch of inputs and its targets, on the device of X and y.

    Raises:
        ValueError: X and y differ in length, there are no examples, batch_size < 1.

    Source: Bottou, Curtis, Nocedal (2018), Optimization methods for large-scale machine learning,
    section 3, doi:10.1137/16M1080173.

    Example:
        >>> X, y = torch.zeros(5, 2), torch.arange(5)
        >>> [tuple(batch.shape) for batch, _ in iterate_minibatches(X, y, 2)]
        [(2, 2), (2, 2), (1, 2)]

    In production: torch.utils.data.DataLoader.
    """
    n = len(X)
    if n != len(y):
        raise ValueError(f"X and y differ in length: {tuple(X.shape)} and {tuple(y.shape)}")
    if n == 0:
        raise ValueError(f"there are no examples: X has shape {tuple(X.shape)}")
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    return _batches(X, y, batch_size, shuffle, generator)


def _batches(
    X: Tensor, y: Tensor, batch_size: int, shuffle: bool, generator: torch.Generator | None
) -> Iterator[tuple[Tensor, Tensor]]:
    if not shuffle:
        yield from zip(X.split(batch_size), y.split(batch_size), strict=True)
        return
    where = generator.device if generator else torch.device("cpu")
    order = torch.randperm(len(X), generator=generator, device=where)
    for i in order.split(batch_size):
        yield X[i.to(X.device)], y[i.to(y.device)]
