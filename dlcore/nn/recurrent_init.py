"""How recurrent weights start: matrices whose powers neither fade nor explode, open gates."""

import torch
from torch import Tensor, nn


def _blocks(tensor: Tensor) -> tuple[Tensor, ...]:
    """The square blocks of the gates that are stacked in rows."""
    if tensor.ndim != 2 or tensor.shape[0] % tensor.shape[1]:
        raise ValueError(
            f"expected recurrent weights of shape (gates * h, h), got {tuple(tensor.shape)}"
        )
    return tensor.split(tensor.shape[1])


@torch.no_grad()
def orthogonal_init(
    tensor: Tensor, gain: float = 1.0, generator: torch.Generator | None = None
) -> Tensor:
    """Make each square block of recurrent weights a random rotation or reflection, times gain.

    All singular values are then equal to the gain, so that the powers of the matrix neither fade
    nor grow at gain 1. The blocks are evenly distributed over the orthogonal matrices.

    Args:
        tensor: weights of shape (gates * h, h), changed in place.
        gain: the common singular value.
        generator: source of the numbers; by default torch's global one.

    Returns:
        The same tensor.

    Raises:
        ValueError: the weights are no stack of square blocks.

    Section: :ref:`sec-vanishing-gradients-rnn`.

    Source: Saxe, McClelland, Ganguli (2014), Exact solutions to the nonlinear dynamics of learning
        in deep linear neural networks, arXiv:1312.6120.

    Example:
        >>> W = orthogonal_init(torch.empty(3, 3))
        >>> bool(torch.allclose(W.T @ W, torch.eye(3), atol=1e-5))
        True

    In production: torch.nn.init.orthogonal_.
    """
    for block in _blocks(tensor):
        device = block.device if generator is None else generator.device
        A = torch.empty(block.shape, device=device, dtype=block.dtype)
        Q, R = torch.linalg.qr(A.normal_(generator=generator))
        block.copy_(gain * Q * R.diagonal().sign())
    return tensor


@torch.no_grad()
def identity_init(tensor: Tensor, scale: float = 1.0) -> Tensor:
    """Make each square block of recurrent weights a multiple of the identity.

    A ReLU network that starts so, with biases 0, keeps a state that is not negative as it is.

    Args:
        tensor: weights of shape (gates * h, h), changed in place.
        scale: what stands on the diagonal.

    Returns:
        The same tensor.

    Raises:
        ValueError: the weights are no stack of square blocks.

    Section: :ref:`sec-vanishing-gradients-rnn`.

    Source: Le, Jaitly, Hinton (2015), A simple way to initialize recurrent networks of rectified
        linear units, arXiv:1504.00941.

    Example:
        >>> identity_init(torch.empty(2, 2))
        tensor([[1., 0.],
                [0., 1.]])

    In production: torch.nn.init.eye_.
    """
    for block in _blocks(tensor):
        block.zero_().fill_diagonal_(scale)
    return tensor


@torch.no_grad()
def set_forget_bias(lstm: nn.Module, value: float = 1.0) -> nn.Module:
    """Let every forget gate of an LSTM start with this bias: open, if it is positive.

    Args:
        lstm: an LSTM or a cell, of `dlcore.nn` or of torch.nn, with biases; changed in place.
        value: the bias; of torch's two, the first becomes this and the second 0.

    Returns:
        The same layer.

    Raises:
        ValueError: the layer has no biases of four gates.

    Section: :ref:`sec-lstm`.

    Source: Gers, Schmidhuber, Cummins (2000), Learning to forget, doi:10.1162/089976600300015015;
        Jozefowicz, Zaremba, Sutskever (2015), An empirical exploration of recurrent network
        architectures, ICML.

    Example:
        >>> set_forget_bias(torch.nn.LSTM(2, 1)).bias_ih_l0[1].item()
        1.0

    In production: the same two lines; torch has no option for it.
    """
    h = getattr(lstm, "hidden_size", 0)
    biases = {name: p for name, p in lstm.named_parameters() if name.startswith("bias_")}
    if not biases or any(len(p) != 4 * h for p in biases.values()):
        raise ValueError(f"{type(lstm).__name__} has no biases of four gates")
    for name, bias in biases.items():
        bias[h : 2 * h] = value if name.startswith("bias_ih") else 0.0
    return lstm
