"""Activation functions, written from primitives, with right values and slopes at the extremes."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore import kernels
from dlcore.kernels.choice import runs_kernel
from dlcore.numerics.stable import log_softmax as log_softmax
from dlcore.numerics.stable import logsigmoid as logsigmoid
from dlcore.numerics.stable import sigmoid as sigmoid
from dlcore.numerics.stable import softmax as softmax
from dlcore.numerics.stable import softplus as softplus

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
GELU_CUBIC = 0.044715
_GELUS = {"none": "gelu", "tanh": "gelu_tanh"}  # names of the kernel


def probabilities(z: Tensor, dim: int) -> Tensor:
    """What `softmax` gives, on a GPU by its kernel."""
    if z.numel() and runs_kernel(z):
        with torch.autocast(z.device.type, enabled=False):
            return kernels.softmax(z, dim)
    return softmax(z, dim)


def tanh(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The hyperbolic tangent, a sigmoid stretched to (-1, 1) and centred at 0.

    Args:
        z: pre-activations, any shape.

    Returns:
        Values of the same shape.

    Equation: :eq:`eq-tanh`.
    Section: :ref:`sec-tanh`.

    Source: LeCun, Bottou, Orr, Müller (1998), Efficient BackProp, doi:10.1007/3-540-49430-8_2.

    Example:
        >>> tanh(torch.tensor([-1.0, 0.0, 1000.0]))
        tensor([-0.7616,  0.0000,  1.0000])

    In production: torch.tanh.
    """
    positive = z > 0
    t = torch.expm1(-2 * torch.where(positive, z, -z))  # exp(-2|z|) - 1: no overflow, no cancelling
    return torch.where(positive, -1, 1) * t / (2 + t)


def relu(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The rectified linear unit: z where it is positive, else 0.

    Args:
        z: pre-activations, any shape.

    Returns:
        Values of at least 0, of the same shape; the slope at 0 is taken as 0.

    Equation: :eq:`eq-relu`.
    Section: :ref:`sec-relu`.

    Source: Nair, Hinton (2010), Rectified linear units improve restricted Boltzmann machines,
    ICML.

    Example:
        >>> relu(torch.tensor([-2.0, 0.0, 3.0]))
        tensor([0., 0., 3.])

    In production: torch.relu.
    """
    if runs_kernel(z):
        return kernels.bias_activation(z, None, "relu")
    return torch.where(z <= 0, 0, z)


def leaky_relu(z: Float[Tensor, "*shape"], negative_slope: float = 0.01) -> Float[Tensor, "*shape"]:
    """A ReLU that lets a small part of negative values through, so that its gradient never dies.

    Args:
        z: pre-activations, any shape.
        negative_slope: the slope for z <= 0, alpha, usually between 0 and 1.

    Returns:
        Values of the same shape.

    Equation: :eq:`eq-leaky-relu`.
    Section: :ref:`sec-leaky-relu`.

    Source: Maas, Hannun, Ng (2013), Rectifier nonlinearities improve neural network acoustic
    models, ICML workshop.

    Example:
        >>> leaky_relu(torch.tensor([-2.0, 3.0]))
        tensor([-0.0200,  3.0000])

    In production: torch.nn.functional.leaky_relu.
    """
    return torch.where(z > 0, z, negative_slope * z)


def prelu(z: Float[Tensor, "*shape"], weight: Float[Tensor, " d"]) -> Float[Tensor, "*shape"]:
    """The leaky ReLU with a learned slope, shared by all units or one for each.

    Args:
        z: pre-activations, any shape; several slopes need units along dimension 1.
        weight: the slope for z <= 0, alpha, any real number: shape (1,) or (units,).

    Returns:
        max(0, z) + alpha min(0, z), of the same shape. For alpha > 1 this is not max(alpha z, z).

    Raises:
        ValueError: there are neither one nor as many slopes as units.

    Equation: :eq:`eq-prelu`.
    Section: :ref:`sec-leaky-relu`.

    Source: He, Zhang, Ren, Sun (2015), Delving deep into rectifiers, arXiv:1502.01852.

    Example:
        >>> prelu(torch.tensor([-1.0, 1.0]), torch.tensor([2.0]))
        tensor([-2.,  1.])

    In production: torch.nn.functional.prelu.
    """
    if len(weight) == 1:
        return torch.where(z > 0, z, weight[0] * z)
    if z.ndim < 2 or z.shape[1] != len(weight):
        raise ValueError(
            f"one slope or one per unit is needed: weight has shape {tuple(weight.shape)}, "
            f"z {tuple(z.shape)}"
        )
    slopes = weight.reshape(-1, *[1] * (z.ndim - 2))
    return torch.where(z > 0, z, slopes * z)


def elu(z: Float[Tensor, "*shape"], alpha: float = 1.0) -> Float[Tensor, "*shape"]:
    """The exponential linear unit: z where it is positive, else a smooth descent to -alpha.

    Args:
        z: pre-activations, any shape.
        alpha: depth of the plateau.

    Returns:
        Values above -alpha, of the same shape.

    Equation: :eq:`eq-elu`.
    Section: :ref:`sec-leaky-relu`.

    Source: Clevert, Unterthiner, Hochreiter (2016), Fast and accurate deep network learning by
    exponential linear units, arXiv:1511.07289.

    Example:
        >>> elu(torch.tensor([-1000.0, -1.0, 2.0]))
        tensor([-1.0000, -0.6321,  2.0000])

    In production: torch.nn.functional.elu.
    """
    return torch.where(z > 0, z, alpha * torch.expm1(z.clamp(max=0)))


def selu(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The scaled ELU, whose constants pull activations towards mean 0 and variance 1.

    Args:
        z: pre-activations, any shape.

    Returns:
        Values of the same shape.

    Equation: :eq:`eq-selu`.
    Section: :ref:`sec-leaky-relu`.

    Source: Klambauer, Unterthiner, Mayr, Hochreiter (2017), Self-normalizing neural networks,
    arXiv:1706.02515.

    Example:
        >>> selu(torch.tensor([-1.0, 1.0]))
        tensor([-1.1113,  1.0507])

    In production: torch.selu.
    """
    return SELU_SCALE * elu(z, SELU_ALPHA)


def swish(z: Float[Tensor, "*shape"], beta: float | Tensor = 1.0) -> Float[Tensor, "*shape"]:
    """Swish, z sigmoid(beta z): a smooth ReLU that dips below 0; SiLU for beta = 1.

    Args:
        z: pre-activations, any shape.
        beta: sharpness; 0 gives z / 2, a large one nearly ReLU.

    Returns:
        Values of the same shape; NaN at -inf as in torch.

    Equation: :eq:`eq-swish`.
    Section: :ref:`sec-swish-gelu`.

    Source: Ramachandran, Zoph, Le (2017), Searching for activation functions, arXiv:1710.05941;
    as SiLU: Elfwing, Uchibe, Doya (2018), arXiv:1702.03118.

    Example:
        >>> swish(torch.tensor([-1.278465, 1.0]))
        tensor([-0.2785,  0.7311])

    In production: torch.nn.functional.silu.
    """
    if isinstance(beta, float | int) and beta == 1 and runs_kernel(z):
        return kernels.bias_activation(z, None, "silu")
    return z * sigmoid(beta * z)


silu = swish


def gelu(z: Float[Tensor, "*shape"], approximate: str = "none") -> Float[Tensor, "*shape"]:
    """The Gaussian error linear unit z Phi(z), Phi the standard normal distribution function.

    Args:
        z: pre-activations, any shape.
        approximate: "none" for the exact form, "tanh" for the older, faster approximation.

    Returns:
        Values of the same shape; NaN at -inf as in torch.

    Raises:
        ValueError: `approximate` is neither of the two.

    Equation: :eq:`eq-gelu`.
    Section: :ref:`sec-swish-gelu`.

    Source: Hendrycks, Gimpel (2016), Gaussian error linear units, arXiv:1606.08415.

    Example:
        >>> gelu(torch.tensor([-0.751792, 1.0]))
        tensor([-0.1700,  0.8413])

    In production: torch.nn.functional.gelu.
    """
    if approximate in _GELUS and runs_kernel(z):
        return kernels.bias_activation(z, None, _GELUS[approximate])
    return z * normal_cdf(z, approximate)


def normal_cdf(z: Tensor, approximate: str) -> Tensor:
    """Phi(z); written with erfc, as 1 + erf cancels in the left tail."""
    if approximate == "none":
        return torch.erfc(-z / math.sqrt(2)) / 2
    if approximate == "tanh":
        return sigmoid(2 * gelu_argument(z))  # (1 + tanh u) / 2 = sigmoid(2u)
    raise ValueError(f"approximate must be 'none' or 'tanh', got {approximate!r}")


def gelu_argument(z: Tensor) -> Tensor:
    """What the tanh form of GELU takes the tanh of."""
    z = z.clamp(-30, 30)  # the sigmoid is 0 or 1 beyond; the cube would overflow
    return math.sqrt(2 / math.pi) * (z + GELU_CUBIC * z**3)


def maxout(z: Float[Tensor, "*batch k"]) -> Float[Tensor, "*batch"]:
    """The largest of k linear pieces, a convex function whose shape is learned.

    Args:
        z: pre-activations of the pieces along the last dimension.

    Returns:
        The maximum over the pieces, one dimension less.

    Raises:
        ValueError: there are no pieces.

    Equation: :eq:`eq-maxout`.
    Section: :ref:`sec-leaky-relu`.

    Source: Goodfellow, Warde-Farley, Mirza, Courville, Bengio (2013), Maxout networks,
    arXiv:1302.4389.

    Example:
        >>> maxout(torch.tensor([[1.0, -2.0, 3.0], [0.0, 0.5, -1.0]]))
        tensor([3.0000, 0.5000])

    In production: torch.amax of a torch.nn.Linear's output.
    """
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"maxout needs pieces along the last dimension, got {tuple(z.shape)}")
    return z.amax(dim=-1)


def identity(z: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The linear output unit: what comes in goes out.

    Args:
        z: pre-activations, any shape.

    Returns:
        z itself.

    Section: :ref:`sec-regression-output`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.2.2.1.

    Example:
        >>> identity(torch.tensor([-2.0]))
        tensor([-2.])

    In production: torch.nn.Identity.
    """
    return z
