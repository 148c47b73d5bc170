"""How weights start: variances that keep signals and gradients alive through the layers."""

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

_GAINS = {
    "linear": 1.0,
    "identity": 1.0,
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor on the weights' standard deviation that an activation calls for.

    Args:
        nonlinearity: "linear" or "identity", "sigmoid", "tanh", "relu", "leaky_relu", "selu".
        param: the negative slope of "leaky_relu"; by default 0.01.

    Returns:
        sqrt(2 / (1 + a^2)) for a leaky ReLU of slope a, hence sqrt(2) for ReLU; 5/3 for tanh and
        3/4 for SELU are customary, not derived.

    Raises:
        ValueError: the name is unknown.

    Section: :ref:`sec-initialization`.

    Source: He, Zhang, Ren, Sun (2015), Delving deep into rectifiers, arXiv:1502.01852.

    Example:
        >>> round(calculate_gain("leaky_relu", 0.2), 4)
        1.3868

    In production: torch.nn.init.calculate_gain.
    """
    if nonlinearity == "leaky_relu":
        a = 0.01 if param is None else param
        return math.sqrt(2 / (1 + a**2))
    if nonlinearity not in _GAINS:
        known = ", ".join([*_GAINS, "leaky_relu"])
        raise ValueError(f"no gain is known for {nonlinearity!r}: choose from {known}")
    return _GAINS[nonlinearity]


def calculate_fan_in_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs feed a unit, and how many units an input feeds.

    Args:
        tensor: weights of shape (d_out, d_in), or (d_out, d_in, *kernel) of a convolution.

    Returns:
        (fan_in, fan_out): d_in and d_out, each times the size of the kernel.

    Raises:
        ValueError: the weights have fewer than two dimensions.

    Section: :ref:`sec-initialization`.

    Source: Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, AISTATS.

    Example:
        >>> calculate_fan_in_fan_out(torch.empty(256, 784))
        (784, 256)

    In production: torch.nn.init computes it within its functions.
    """
    if tensor.ndim < 2:
        raise ValueError(f"weights need at least two dimensions, got shape {tuple(tensor.shape)}")
    kernel = math.prod(tensor.shape[2:])
    return tensor.shape[1] * kernel, tensor.shape[0] * kernel


def _on_device_of(generator: torch.Generator | None, tensor: Tensor) -> Tensor:
    """Room for numbers of the tensor's shape and type, on the generator's device."""
    return torch.empty_like(tensor, device=generator.device if generator else tensor.device)


@torch.no_grad()
def _uniform_(tensor: Tensor, std: float, generator: torch.Generator | None) -> Tensor:
    a = math.sqrt(3) * std  # U(-a, a) has variance a^2 / 3
    return tensor.copy_(_on_device_of(generator, tensor).uniform_(-a, a, generator=generator))


@torch.no_grad()
def _normal_(tensor: Tensor, std: float, generator: torch.Generator | None) -> Tensor:
    return tensor.copy_(_on_device_of(generator, tensor).normal_(0, std, generator=generator))


def _xavier_std(tensor: Tensor, gain: float) -> float:
    fan_in, fan_out = calculate_fan_in_fan_out(tensor)
    return gain * math.sqrt(2 / (fan_in + fan_out))


def _fan(tensor: Tensor, mode: str) -> int:
    fan_in, fan_out = calculate_fan_in_fan_out(tensor)
    fans = {"fan_in": fan_in, "fan_out": fan_out}
    if mode not in fans:
        raise ValueError(f"mode must be 'fan_in' or 'fan_out', got {mode!r}")
    if fans[mode] == 0:
        raise ValueError(f"{mode} is 0: the weights have shape {tuple(tensor.shape)}")
    return fans[mode]


def xavier_uniform_(
    tensor: Tensor, gain: float = 1.0, generator: torch.Generator | None = None
) -> Tensor:
    """Fill weights from U(-a, a) with a = gain sqrt(6 / (fan_in + fan_out)).

    Args:
        tensor: weights of shape (d_out, d_in, ...), changed in place.
        gain: factor for the activation that follows, see `calculate_gain`.
        generator: source of the numbers; by default torch's global one.

    Returns:
        The same tensor.

    Raises:
        ValueError: the weights have fewer than two dimensions.

    Equation: :eq:`eq-xavier-uniform`.
    Section: :ref:`sec-initialization`.

    Source: Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, AISTATS.

    Example:
        >>> bool(xavier_uniform_(torch.empty(256, 784)).abs().max() <= 0.076)
        True

    In production: torch.nn.init.xavier_uniform_.
    """
    return _uniform_(tensor, _xavier_std(tensor, gain), generator)


def xavier_normal_(
    tensor: Tensor, gain: float = 1.0, generator: torch.Generator | None = None
) -> Tensor:
    """Fill weights from a Gaussian of variance gain^2 2 / (fan_in + fan_out).

    Args:
        tensor: weights of shape (d_out, d_in, ...), changed in place.
        gain: factor for the activation that follows, see `calculate_gain`.
        generator: source of the numbers; by default torch's global one.

    Returns:
        The same tensor.

    Raises:
        ValueError: the weights have fewer than two dimensions.

    Equation: :eq:`eq-xavier-normal`.
    Section: :ref:`sec-initialization`.

    Source: Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, AISTATS.

    Example:
        >>> g = torch.Generator().manual_seed(0)
        >>> round(xavier_normal_(torch.empty(256, 784), generator=g).std().item(), 3)
        0.044

    In production: torch.nn.init.xavier_normal_.
    """
    return _normal_(tensor, _xavier_std(tensor, gain), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: torch.Generator | None = None,
) -> Tensor:
    """Fill weights from a uniform distribution of He's variance gain^2 / fan.

    Args:
        tensor: weights of shape (d_out, d_in, ...), changed in place.
        a: negative slope of the leaky ReLU that follows; 0 is ReLU.
        mode: "fan_in" keeps the forward signal, "fan_out" the gradient.
        nonlinearity: the activation that follows, see `calculate_gain`.
        generator: source of the numbers; by default torch's global one.

    Returns:
        The same tensor.

    Raises:
        ValueError: fewer than two dimensions, an empty fan, an unknown mode or activation.

    Equation: :eq:`eq-he-uniform`.
    Section: :ref:`sec-initialization`.

    Source: He, Zhang, Ren, Sun (2015), Delving deep into rectifiers, arXiv:1502.01852.

    Example:
        >>> bool(kaiming_uniform_(torch.empty(256, 784)).abs().max() <= 0.0875)
        True

    In production: torch.nn.init.kaiming_uniform_.
    """
    std = calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode))
    return _uniform_(tensor, std, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: torch.Generator | None = None,
) -> Tensor:
    """Fill weights from a Gaussian of He's variance gain^2 / fan, 2 / fan_in for ReLU.

    Args:
        tensor: weights of shape (d_out, d_in, ...), changed in place.
        a: negative slope of the leaky ReLU that follows; 0 is ReLU.
        mode: "fan_in" keeps the forward signal, "fan_out" the gradient.
        nonlinearity: the activation that follows, see `calculate_gain`.
        generator: source of the numbers; by default torch's global one.

    Returns:
        The same tensor.

    Raises:
        ValueError: fewer than two dimensions, an empty fan, an unknown mode or activation.

    Equation: :eq:`eq-he-normal`.
    Section: :ref:`sec-initialization`.

    Source: He, Zhang, Ren, Sun (2015), Delving deep into rectifiers, arXiv:1502.01852.

    Example:
        >>> g = torch.Generator().manual_seed(0)
        >>> round(kaiming_normal_(torch.empty(256, 784), generator=g).std().item(), 3)
        0.051

    In production: torch.nn.init.kaiming_normal_.
    """
    std = calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode))
    return _normal_(tensor, std, generator)


def _constant_(tensor: Tensor, value: float, generator: torch.Generator | None = None) -> Tensor:
    return nn.init.constant_(tensor, value)


INITIALIZERS: dict[str, Callable[..., Tensor]] = {
    "zeros": partial(_constant_, value=0.0),
    "constant": partial(_constant_, value=0.5),
    "small_normal": partial(_normal_, std=0.01),
    "unit_normal": partial(_normal_, std=1.0),
    "xavier_uniform": xavier_uniform_,
    "xavier_normal": xavier_normal_,
    "kaiming_uniform": kaiming_uniform_,
    "kaiming_normal": kaiming_normal_,
}


def initialize_(
    model: nn.Module,
    scheme: str | Callable[..., Tensor],
    generator: torch.Generator | None = None,
) -> nn.Module:
    """Start all weight matrices of a model by one scheme, and the biases at 0.

    Args:
        model: its parameters named `weight` with two dimensions or more, and `bias`, are changed.
        scheme: "zeros", "constant" (0.5), "small_normal" (standard deviation 0.01),
            "unit_normal" (1), "xavier_uniform", "xavier_normal", "kaiming_uniform",
            "kaiming_normal", or a function of a tensor and the keyword `generator`.
        generator: source of the numbers; by default torch's global one.

    Returns:
        The same model.

    Raises:
        ValueError: the scheme's name is unknown.

    Section: :ref:`sec-initialization`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 8.4.

    Example:
        >>> initialize_(torch.nn.Linear(2, 3), "zeros").weight.sum().item()
        0.0

    In production: model.apply with the functions of torch.nn.init.
    """
    if isinstance(scheme, str):
        if scheme not in INITIALIZERS:
            raise ValueError(f"unknown scheme {scheme!r}: choose from {', '.join(INITIALIZERS)}")
        scheme = INITIALIZERS[scheme]
    for name, parameter in model.named_parameters():
        kind = name.rsplit(".", 1)[-1]
        if kind == "weight" and parameter.ndim >= 2:
            scheme(parameter, generator=generator)
        elif kind == "bias":
            nn.init.zeros_(parameter)
    return model
