"""Two random views of each example, and a training that needs nothing else."""

import inspect
from collections.abc import Callable

import torch
from jaxtyping import Shaped
from torch import Tensor, nn

from dlcore.autoencoder.training import Objective
from dlcore.training import History, fit


class TwoViews:
    """Change each example twice, each time by its own draws.

    Args:
        *changes: functions of a batch, applied in turn, such as those of `dlcore.regularization`
            with their settings filled in by `functools.partial`; one that draws takes `generator`.

    Raises:
        TypeError: a change that cannot be called.

    Section: :ref:`sec-two-views`.

    Source: Chen, Kornblith, Norouzi, Hinton (2020), A simple framework for contrastive learning of
        visual representations, arXiv:2002.05709, section 3.

    Example:
        >>> from functools import partial
        >>> from dlcore.regularization import add_gaussian_noise, random_affine
        >>> views = TwoViews(
        ...     partial(random_affine, degrees=15, shift=1), partial(add_gaussian_noise, sigma=0.1)
        ... )
        >>> first, second = views(torch.rand(5, 1, 8, 8))
        >>> first.shape, torch.equal(first, second)
        (torch.Size([5, 1, 8, 8]), False)

    In production: torchvision.transforms.v2.Compose, called twice.
    """

    def __init__(self, *changes: Callable[..., Tensor]) -> None:
        for change in changes:
            if not callable(change):
                raise TypeError(f"a change must be callable, got {type(change).__name__}")
        self.changes = [
            (change, "generator" in inspect.signature(change).parameters) for change in changes
        ]

    def __call__(
        self, x: Shaped[Tensor, "n ..."], *, generator: torch.Generator | None = None
    ) -> tuple[Shaped[Tensor, "n ..."], Shaped[Tensor, "n ..."]]:
        """The first and the second views of all examples."""
        return self._view(x, generator), self._view(x, generator)

    def _view(self, x: Tensor, generator: torch.Generator | None) -> Tensor:
        for change, draws in self.changes:
            x = change(x, generator=generator) if draws else change(x)
        return x


def pretrain(
    model: nn.Module,
    X: Shaped[Tensor, "n ..."],
    views: TwoViews,
    *,
    epochs: int,
    batch_size: int = 128,
    lr: float = 1e-3,
    optimizer: torch.optim.Optimizer | None = None,
    generator: torch.Generator | None = None,
    progress: bool = True,
    on_epoch_end: Callable[[int, nn.Module, History], None] | None = None,
) -> History:
    """Train a network on two views of each example, without labels.

    Args:
        model: `SimCLR`, `MoCo`, `BYOL`, `SimSiam` or another whose call takes two views and returns
            the loss; its `update_target()`, if there is one, is called after each step.
        X: examples, shape (n, ...), on the model's device.
        views: what makes two of one.
        epochs: passes over the examples.
        batch_size: examples in a minibatch; a last one of a single example may be too small.
        lr: Adam's step size.
        optimizer: built from the model's parameters; by default Adam.
        generator: source of the order and of the views; by default torch's global one.
        progress: show a progress bar.
        on_epoch_end: called as `on_epoch_end(epoch, model, history)` after each epoch.

    Returns:
        The losses of each epoch, under "loss".

    Raises:
        ValueError: what `dlcore.training.fit` rejects.
        NonFiniteLossError: the loss became NaN or infinite.

    Section: :ref:`sec-two-views`.

    Source: Chen, Kornblith, Norouzi, Hinton (2020), arXiv:2002.05709, algorithm 1.

    Example:
        >>> from dlcore.regularization import add_gaussian_noise
        >>> from dlcore.representation import SimCLR
        >>> views = TwoViews(lambda x, generator: add_gaussian_noise(x, 0.1, generator=generator))
        >>> model = SimCLR(nn.Linear(5, 4), nn.Linear(4, 3))
        >>> len(pretrain(model, torch.randn(32, 5), views, epochs=2, batch_size=16))
        2

    In production: lightning.pytorch.Trainer.fit.
    """

    def loss(model: nn.Module, batch: Tensor) -> Tensor:
        return model(*(views(batch, generator=generator) if model.training else (batch, batch)))

    optimizer = optimizer or torch.optim.Adam(
        [p for p in model.parameters() if p.requires_grad], lr=lr
    )
    follow = getattr(model, "update_target", None)
    hook = optimizer.register_step_post_hook(lambda *_: follow()) if follow else None
    try:
        return fit(
            Objective(model, loss),
            X,
            torch.zeros(len(X), dtype=next(model.parameters()).dtype, device=X.device),
            loss=lambda losses, _: losses.mean(),
            optimizer=optimizer,
            epochs=epochs,
            batch_size=batch_size,
            generator=generator,
            progress=progress,
            on_epoch_end=on_epoch_end
            and (lambda epoch, _, history: on_epoch_end(epoch, model, history)),
        )
    finally:
        if hook:
            hook.remove()
