"""What a gradient gives away of the example it came from."""

from jaxtyping import Float
from torch import Tensor


def invert_linear_gradient(
    weight_gradient: Float[Tensor, "o i"], bias_gradient: Float[Tensor, " o"]
) -> Float[Tensor, " i"]:
    r"""The input of a linear layer, read off the gradients of a single example.

    With $z = Wx + b$ the chain rule gives $\partial_{W_j} \mathcal L = \partial_{b_j} \mathcal L \,
    x^\top$: each row of the weight's gradient is the input times a number that the bias tells.

    Args:
        weight_gradient: of the loss by W, shape (o, i).
        bias_gradient: of the loss by b, shape (o,).

    Returns:
        x, shape (i,), from the row with the largest bias gradient. From a batch comes a mean of
        its examples, weighted by their gradients.

    Raises:
        ValueError: shapes that do not fit, or bias gradients that are all 0.

    Equation: :eq:`eq-gradient-leakage`.
    Section: :ref:`sec-federated-learning`.

    Source: Phong, Aono, Hayashi, Wang, Moriai (2018), Privacy-preserving deep learning via
        additively homomorphic encryption, doi:10.1109/TIFS.2017.2787987; Zhu, Liu, Han (2019), Deep
        leakage from gradients, arXiv:1906.08935.

    Example:
        >>> import torch
        >>> layer, x = torch.nn.Linear(3, 2), torch.tensor([1.0, -2.0, 0.5])
        >>> layer(x).square().sum().backward()
        >>> torch.allclose(invert_linear_gradient(layer.weight.grad, layer.bias.grad), x)
        True

    In production: breaching, for attacks on deep networks and batches.
    """
    if weight_gradient.ndim != 2 or bias_gradient.shape != weight_gradient.shape[:1]:
        raise ValueError(
            f"gradients (o, i) and (o,) are needed, got {tuple(weight_gradient.shape)} and "
            f"{tuple(bias_gradient.shape)}"
        )
    row = int(bias_gradient.abs().argmax())
    if bias_gradient[row] == 0:
        raise ValueError("all bias gradients are 0: they tell nothing")
    return weight_gradient[row] / bias_gradient[row]
