"""Stochastic depth: whole residual branches left out at random."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.dropout import dropout, require_probability


def _require_mode(mode: str) -> None:
    if mode not in ("row", "batch"):
        raise ValueError(f"mode must be 'row' or 'batch', got {mode!r}")


def drop_path(
    x: Float[Tensor, " n *shape"],
    p: float = 0.5,
    training: bool = True,
    *,
    mode: Literal["row", "batch"] = "row",
    generator: torch.Generator | None = None,
) -> Float[Tensor, " n *shape"]:
    """Set the output of a residual branch to 0 with probability p, example by example.

    Args:
        x: what the branch F gives, before the shortcut is added; shape (n, ...).
        p: the probability of dropping, 1 - p_l with the survival probability p_l of the block.
        training: whether to drop at all.
        mode: "row" draws for each example, "batch" once for all.
        generator: source of the random numbers, by default torch's global one.

    Returns:
        The same shape; what survives is divided by 1 - p, so that nothing is left to do in
        evaluation. (The paper leaves it and multiplies F by p_l in evaluation instead.)

    Raises:
        ValueError: p is no probability, the mode is unknown, or x has no examples' axis.

    Equation: :eq:`eq-stochastic-depth`.
    Section: :ref:`sec-stochastic-depth`.

    Source: Huang, Sun, Liu, Sedra, Weinberger (2016), Deep networks with stochastic depth,
    arXiv:1603.09382.

    Example:
        >>> branch = drop_path(torch.ones(4, 3), p=0.5)
        >>> bool(((branch == 0).all(1) | (branch == 2).all(1)).all())
        True

    In production: torchvision.ops.stochastic_depth.
    """
    _require_mode(mode)
    if x.ndim == 0:
        raise ValueError("expected inputs of shape (n, ...), got a scalar")
    noise_shape = (len(x) if mode == "row" else 1, *[1] * (x.ndim - 1))
    return dropout(x, p, training, noise_shape=noise_shape, generator=generator)


class StochasticDepth(nn.Module):
    """The layer of `drop_path`, last in a residual branch.

    The branch is computed and then dropped, so that no value decides what runs: this regularizes,
    but unlike the paper's version it does not save time.

    Args:
        p: the probability of dropping the branch, 1 - p_l.
        mode: "row" draws for each example, "batch" once for all.

    Raises:
        ValueError: p is no probability, or the mode is unknown.

    Equation: :eq:`eq-stochastic-depth`.
    Section: :ref:`sec-stochastic-depth`.

    Source: Huang, Sun, Liu, Sedra, Weinberger (2016), Deep networks with stochastic depth,
    arXiv:1603.09382.

    Example:
        >>> from dlcore.nn import ResidualBlock
        >>> block = ResidualBlock(nn.Sequential(nn.Linear(3, 3), StochasticDepth(1.0)))
        >>> block(torch.ones(1, 3))
        tensor([[1., 1., 1.]], grad_fn=<AddBackward0>)

    In production: torchvision.ops.StochasticDepth.
    """

    def __init__(self, p: float, mode: Literal["row", "batch"] = "row") -> None:
        super().__init__()
        require_probability(p)
        _require_mode(mode)
        self.p, self.mode = p, mode

    def forward(self, x: Float[Tensor, " n *shape"]) -> Float[Tensor, " n *shape"]:
        """The branch's output, dropped at random in training."""
        return drop_path(x, self.p, self.training, mode=self.mode)

    def extra_repr(self) -> str:
        """The options, as printing the layer shows them."""
        return f"p={self.p}, mode={self.mode}"


def linear_survival_schedule(n_blocks: int, last: float = 0.5) -> Float[Tensor, " blocks"]:
    """Survival probabilities of residual blocks that fall evenly with depth.

    Args:
        n_blocks: L.
        last: p_L, the probability that the last block survives.

    Returns:
        p_l = 1 - l / L (1 - p_L) for l = 1..L, shape (L,); their sum is the expected depth. The
        block l gets `StochasticDepth(1 - p_l)`.

    Raises:
        ValueError: no blocks, or p_L is no probability.

    Equation: :eq:`eq-stochastic-depth`.
    Section: :ref:`sec-stochastic-depth`.

    Source: Huang, Sun, Liu, Sedra, Weinberger (2016), Deep networks with stochastic depth,
    arXiv:1603.09382.

    Example:
        >>> linear_survival_schedule(4, last=0.8)
        tensor([0.9500, 0.9000, 0.8500, 0.8000])

    In production: nothing to import; it is one line.
    """
    if n_blocks < 1:
        raise ValueError(f"n_blocks must be at least 1, got {n_blocks}")
    require_probability(last, "last")
    return 1 - torch.arange(1, n_blocks + 1) / n_blocks * (1 - last)
