"""The activation functions as modules, with torch's names and defaults."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn import activations
from dlcore.nn.linear import Linear
from dlcore.numerics import stable


class Sigmoid(nn.Module):
    """The layer of `sigmoid`.

    Equation: :eq:`eq-sigmoid`.
    Section: :ref:`sec-sigmoid`.

    Example:
        >>> Sigmoid()(torch.tensor([0.0]))
        tensor([0.5000])

    In production: torch.nn.Sigmoid.
    """

    def forward(self, z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The values at pre-activations z."""
        return stable.sigmoid(z)


class Softmax(nn.Module):
    """The layer of `softmax`, over the last dimension.

    Equation: :eq:`eq-softmax`.
    Section: :ref:`sec-softmax-output`.

    Example:
        >>> Softmax()(torch.zeros(1, 4))
        tensor([[0.2500, 0.2500, 0.2500, 0.2500]])

    In production: torch.nn.Softmax.
    """

    def forward(self, z: Float[Tensor, "*batch k"]) -> Float[Tensor, "*batch k"]:
        """The probabilities of logits z."""
        return activations.probabilities(z, dim=-1)


class Softplus(nn.Module):
    """The layer of `softplus`.

    Equation: :eq:`eq-softplus`.
    Section: :ref:`sec-binary-output`.

    Example:
        >>> Softplus()(torch.tensor([0.0]))
        tensor([0.6931])

    In production: torch.nn.Softplus.
    """

    def forward(self, z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The values at pre-activations z."""
        return stable.softplus(z)


class Tanh(nn.Module):
    """The layer of `tanh`.

    Equation: :eq:`eq-tanh`.
    Section: :ref:`sec-tanh`.

    Example:
        >>> Tanh()(torch.tensor([1.0]))
        tensor([0.7616])

    In production: torch.nn.Tanh.
    """

    def forward(self, z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The values at pre-activations z."""
        return activations.tanh(z)


class ReLU(nn.Module):
    """The layer of `relu`.

    Equation: :eq:`eq-relu`.
    Section: :ref:`sec-relu`.

    Example:
        >>> ReLU()(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])

    In production: torch.nn.ReLU.
    """

    def forward(self, z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The values at pre-activations z."""
        return activations.relu(z)


class LeakyReLU(nn.Module):
    """The layer of `leaky_relu`.

    Args:
        negative_slope: the slope for z <= 0.

    Equation: :eq:`eq-leaky-relu`.
    Section: :ref:`sec-leaky-relu`.

    Example:
        >>> LeakyReLU()(torch.tensor([-1.0, 2.0]))
        tensor([-0.0100,  2.0000])

    In production: torch.nn.LeakyReLU.
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The values at pre-activations z."""
        return activations.leaky_relu(z, self.negative_slope)


class PReLU(nn.Module):
    """The layer of `prelu`: its slopes are parameters.

    Args:
        num_parameters: 1 for a common slope, or the number of units for one each.
        init: where the slopes start.

    Attributes:
        weight: the slopes, shape (num_parameters,).

    Raises:
        ValueError: num_parameters < 1.

    Equation: :eq:`eq-prelu`.
    Section: :ref:`sec-leaky-relu`.

    Source: He, Zhang, Ren, Sun (2015), Delving deep into rectifiers, arXiv:1502.01852.

    Example:
        >>> PReLU()(torch.tensor([[-1.0, 2.0]])).tolist()
        [[-0.25, 2.0]]

    In production: torch.nn.PReLU.
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25) -> None:
        super().__init__()
        if num_parameters < 1:
            raise ValueError(f"num_parameters must be at least 1, got {num_parameters}")
        self.weight = nn.Parameter(torch.full((num_parameters,), init))

    def forward(self, z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The values at pre-activations z."""
        return activations.prelu(z, self.weight)


class ELU(nn.Module):
    """The layer of `elu`.

    Args:
        alpha: depth of the plateau.

    Equation: :eq:`eq-elu`.
    Section: :ref:`sec-leaky-relu`.

    Example:
        >>> ELU()(torch.tensor([-1.0, 2.0]))
        tensor([-0.6321,  2.0000])

    In production: torch.nn.ELU.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The values at pre-activations z."""
        return activations.elu(z, self.alpha)


class SELU(nn.Module):
    """The layer of `selu`.

    Equation: :eq:`eq-selu`.
    Section: :ref:`sec-leaky-relu`.

    Example:
        >>> SELU()(torch.tensor([1.0]))
        tensor([1.0507])

    In production: torch.nn.SELU.
    """

    def forward(self, z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The values at pre-activations z."""
        return activations.selu(z)


class SiLU(nn.Module):
    """The layer of `silu`, which is Swish with beta = 1.

    Equation: :eq:`eq-swish`.
    Section: :ref:`sec-swish-gelu`.

    Example:
        >>> SiLU()(torch.tensor([1.0]))
        tensor([0.7311])

    In production: torch.nn.SiLU.
    """

    def forward(self, z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The values at pre-activations z."""
        return activations.swish(z)


class Swish(nn.Module):
    """The layer of `swish`: its sharpness is a parameter, shared by all units.

    Args:
        beta: where the sharpness starts.

    Attributes:
        beta: the sharpness, a scalar parameter.

    Equation: :eq:`eq-swish`.
    Section: :ref:`sec-swish-gelu`.

    Source: Ramachandran, Zoph, Le (2017), Searching for activation functions, arXiv:1710.05941.

    Example:
        >>> Swish()(torch.tensor([1.0])).item()
        0.7310585975646973

    In production: torch.nn.SiLU, where beta stays 1.
    """

    def __init__(self, beta: float = 1.0) -> None:
        super().__init__()
        self.beta = nn.Parameter(torch.tensor(beta))

    def forward(self, z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The values at pre-activations z."""
        return activations.swish(z, self.beta)


class GELU(nn.Module):
    """The layer of `gelu`.

    Args:
        approximate: "none" or "tanh".

    Equation: :eq:`eq-gelu`.
    Section: :ref:`sec-swish-gelu`.

    Example:
        >>> GELU()(torch.tensor([1.0]))
        tensor([0.8413])

    In production: torch.nn.GELU.
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The values at pre-activations z."""
        return activations.gelu(z, self.approximate)


class Maxout(nn.Module):
    """A dense layer whose every unit is the largest of k affine functions of the input.

    Args:
        in_features: number of inputs, d_in.
        out_features: number of units, d_out.
        pieces: affine functions per unit, k.

    Attributes:
        linear: the pieces, a `Linear` layer of d_in inputs and d_out k outputs, unit by unit.

    Raises:
        ValueError: a size below 1.

    Equation: :eq:`eq-maxout`.
    Section: :ref:`sec-leaky-relu`.

    Source: Goodfellow, Warde-Farley, Mirza, Courville, Bengio (2013), Maxout networks,
    arXiv:1302.4389.

    Example:
        >>> Maxout(3, 5, pieces=2)(torch.zeros(7, 3)).shape
        torch.Size([7, 5])

    In production: torch.nn.Linear and torch.amax.
    """

    def __init__(self, in_features: int, out_features: int, pieces: int = 2) -> None:
        super().__init__()
        self.pieces = pieces
        self.linear = Linear(in_features, out_features * pieces)

    def forward(self, X: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_out"]:
        """The units' values, shape (..., d_out)."""
        return activations.maxout(self.linear(X).unflatten(-1, (-1, self.pieces)))


ACTIVATION_LAYERS: dict[str, type[nn.Module]] = {
    "identity": nn.Identity,
    "sigmoid": Sigmoid,
    "softmax": Softmax,
    "softplus": Softplus,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "prelu": PReLU,
    "elu": ELU,
    "selu": SELU,
    "silu": SiLU,
    "swish": Swish,
    "gelu": GELU,
}
