"""A deep autoencoder learned layer by layer before it is trained as a whole."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.autoencoder.reconstruction import reconstruction_loss
from dlcore.autoencoder.training import train_autoencoder
from dlcore.autoencoder.undercomplete import Autoencoder
from dlcore.training import History, predict


def pretrain_layers(
    model: Autoencoder,
    X: Float[Tensor, "n d"],
    *,
    epochs: int,
    batch_size: int = 64,
    lr: float = 1e-3,
    corruption: Callable[[Tensor], Tensor] | None = None,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> list[History]:
    """Train each layer with its mirror as a small autoencoder on the codes of the layers before.

    The first rebuilds the inputs, the second the first's codes, and so on; all in place. Then train
    the whole model, the fine-tuning. With a corruption this is the stacked denoising autoencoder:
    each layer's input is corrupted, and the clean codes come from clean inputs.

    Args:
        model: trained in place.
        X: inputs, shape (n, d), on the model's device.
        epochs: passes over the examples, for each layer.
        batch_size: examples in a minibatch.
        lr: Adam's step size.
        corruption: what is done to a layer's input while it learns; by default nothing.
        generator: source of the examples' order; by default torch's global one.
        progress: show progress bars.

    Returns:
        One history for each layer, from the input to the code.

    Raises:
        ValueError: what `train_autoencoder` rejects.

    Section: :ref:`sec-stacked-autoencoders`.

    Source: Bengio, Lamblin, Popovici, Larochelle (2006), Greedy layer-wise training of deep
        networks, NIPS 19; Vincent et al. (2010), Stacked denoising autoencoders, JMLR 11.

    Example:
        >>> model = Autoencoder([5, 4, 2])
        >>> histories = pretrain_layers(model, torch.rand(20, 5), epochs=3)
        >>> [len(history) for history in histories]
        [3, 3]

    In production: batch normalization, residual connections and a good start of the weights have
    made this unnecessary.
    """
    histories = []
    kind = model.kind
    for encoder, decoder in model.stages():

        def loss(layer: nn.Module, x: Tensor, kind: str = kind) -> Tensor:
            return reconstruction_loss(layer(x if corruption is None else corruption(x)), x, kind)

        histories.append(
            train_autoencoder(
                nn.Sequential(encoder, decoder), X, epochs=epochs, batch_size=batch_size, lr=lr,
                loss=loss, generator=generator, progress=progress,
            )
        )  # fmt: skip
        X, kind = predict(encoder, X), "squared"
    return histories
