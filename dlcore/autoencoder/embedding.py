"""Data in the plane: a code of two numbers for each example."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.autoencoder.training import train_autoencoder
from dlcore.autoencoder.undercomplete import Autoencoder


class PlaneEmbedding(NamedTuple):
    """Where the examples lie in the plane.

    Attributes:
        codes: shape (n, 2).
        model: the autoencoder, which also places new examples.
    """

    codes: Float[Tensor, "n 2"]
    model: Autoencoder


def embed_2d(
    X: Float[Tensor, "n d"],
    *,
    hidden: Sequence[int] = (128, 32),
    epochs: int = 50,
    batch_size: int = 64,
    lr: float = 2e-3,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> PlaneEmbedding:
    """Train an autoencoder with a code of two numbers and return the codes.

    Unlike t-SNE it gives a map that places new examples and one that leads back; it keeps what
    rebuilds the examples, not who their neighbours are.

    Args:
        X: examples, shape (n, d), features of a similar scale.
        hidden: units between input and code.
        epochs: passes over the examples.
        batch_size: examples in a minibatch.
        lr: Adam's step size.
        generator: seeds the weights and gives the order; by default torch's global one.
        progress: show a progress bar.

    Returns:
        The codes and the model.

    Raises:
        ValueError: what `train_autoencoder` rejects.

    Section: :ref:`sec-undercomplete-autoencoders`.

    Source: Hinton, Salakhutdinov (2006), Reducing the dimensionality of data with neural networks,
        doi:10.1126/science.1127647.

    Example:
        >>> embed_2d(torch.rand(20, 5), hidden=(4,), epochs=1).codes.shape
        torch.Size([20, 2])

    In production: sklearn.manifold.TSNE or umap.UMAP where neighbourhoods matter.
    """
    if X.ndim != 2:
        raise ValueError(f"X must have shape (n, d), got {tuple(X.shape)}")
    where = generator.device if generator else None
    seed = int(torch.randint(2**62, (), generator=generator, device=where))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Autoencoder([X.shape[1], *hidden, 2], activation="tanh").to(X)
    train_autoencoder(
        model, X, epochs=epochs, batch_size=batch_size, lr=lr, generator=generator,
        progress=progress,
    )  # fmt: skip
    with torch.no_grad():
        return PlaneEmbedding(model.encode(X), model)
