"""Looking inside: signals and gradients by layer, saturated and dead units."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.derivatives import Activation, as_activation
from dlcore.nn.init import INITIALIZERS

_NAMES = {
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "ReLU": "relu",
    "ELU": "elu",
    "SELU": "selu",
    "SiLU": "silu",
    "GELU": "gelu",
    "Softplus": "softplus",
}


def _leaves(model: nn.Module) -> dict[str, nn.Module]:
    """The layers without layers of their own, by their names in the model, in order."""
    return {
        name: layer for name, layer in model.named_modules() if next(layer.children(), None) is None
    }


def _record(
    model: nn.Module, X: Tensor, layers: dict[str, nn.Module]
) -> tuple[Tensor, dict[str, tuple[Tensor, Tensor]]]:
    """The model's output, and input and output of each of the layers on the way."""
    seen: dict[str, tuple[Tensor, Tensor]] = {}

    def hook(name: str) -> Callable:
        def store(_: nn.Module, inputs: tuple, output: object) -> Tensor | None:
            if not isinstance(output, Tensor):
                return None
            seen[name] = (inputs[0], output)
            return output.clone()  # the next layer may work in place

        return store

    handles = [layer.register_forward_hook(hook(name)) for name, layer in layers.items()]
    try:
        output = model(X)
    finally:
        for handle in handles:
            handle.remove()
    return output, seen


@dataclass(frozen=True)
class LayerStatistics:
    """How one layer's outputs are distributed over units and examples.

    Attributes:
        mean: E[h].
        std: the standard deviation, sqrt(E[h^2] - E[h]^2).
        second_moment: E[h^2].
        zeros: the share of outputs that are exactly 0.
        saturated: the share of outputs where the activation's slope is below a hundredth of 1;
            NaN for a layer that is no activation.

    Section: :ref:`sec-initialization`.

    Example:
        >>> layer_statistics(torch.nn.Sequential(torch.nn.ReLU()), torch.tensor([[-1.0, 1.0]]))["0"]
        LayerStatistics(mean=0.5, std=0.5, second_moment=0.5, zeros=0.5, saturated=0.5)

    In production: a forward hook and TensorBoard's histograms.
    """

    mean: float
    std: float
    second_moment: float
    zeros: float
    saturated: float


def saturation_share(z: Tensor, activation: str | Activation = "tanh") -> float:
    """The share of pre-activations at which an activation hardly passes a gradient.

    Args:
        z: pre-activations, any shape.
        activation: a name of `ACTIVATIONS`, or a pair.

    Returns:
        The share whose slope is below 0.01 in size: |z| > 3.0 for tanh, 4.6 for the sigmoid, all
        z <= 0 for ReLU.

    Raises:
        ValueError: z is empty, or the activation's name is unknown.

    Section: :ref:`sec-sigmoid`.

    Source: Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, AISTATS.

    Example:
        >>> saturation_share(torch.tensor([-5.0, 0.0, 1.0, 4.0]), "tanh")
        0.5

    In production: a forward hook.
    """
    if z.numel() == 0:
        raise ValueError("z is empty")
    slope = as_activation(activation).derivative(z.detach())
    return (slope.abs() < 0.01).double().mean().item()


def _statistics(layer: nn.Module, z: Tensor, h: Tensor) -> LayerStatistics:
    h = h.double()
    name = _NAMES.get(type(layer).__name__)
    return LayerStatistics(
        mean=h.mean().item(),
        std=h.std(correction=0).item(),
        second_moment=(h**2).mean().item(),
        zeros=(h == 0).double().mean().item(),
        saturated=saturation_share(z, name) if name else math.nan,
    )


@torch.no_grad()
def layer_statistics(model: nn.Module, X: Tensor) -> dict[str, LayerStatistics]:
    """Mean, spread, zeros and saturation of what every layer puts out on given inputs.

    Args:
        model: any module; it runs as it stands, in training or evaluation mode.
        X: inputs that the model takes.

    Returns:
        The statistics by the name that the layer has in the model, in the order of the model; of
        layers without layers of their own that the inputs pass.

    Raises:
        ValueError: there are no inputs.

    Section: :ref:`sec-initialization`.

    Source: Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, AISTATS.

    Example:
        >>> model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())
        >>> list(layer_statistics(model, torch.ones(5, 2)))
        ['0', '1']

    In production: forward hooks, by torch.nn.Module.register_forward_hook.
    """
    if X.numel() == 0:
        raise ValueError(f"there are no inputs: X has shape {tuple(X.shape)}")
    layers = _leaves(model)
    _, seen = _record(model, X, layers)
    return {name: _statistics(layers[name], z, h) for name, (z, h) in seen.items()}


@torch.no_grad()
def dead_relu_fraction(model: nn.Module, X: Tensor) -> dict[str, float]:
    """The share of ReLU units that are 0 on the whole data set, so that no gradient revives them.

    Args:
        model: a module with ReLU layers, ours or torch's.
        X: all inputs; on a single batch a unit may only look dead.

    Returns:
        The share for every ReLU layer, by its name in the model; units lie along the last
        dimension.

    Raises:
        ValueError: there are no inputs, or no ReLU layers.

    Section: :ref:`sec-dead-units`.

    Source: Maas, Hannun, Ng (2013), Rectifier nonlinearities improve neural network acoustic
    models, ICML workshop.

    Example:
        >>> model = torch.nn.Sequential(torch.nn.ReLU())
        >>> dead_relu_fraction(model, torch.tensor([[-1.0, 2.0], [-3.0, -4.0]]))
        {'0': 0.5}

    In production: a forward hook.
    """
    if X.numel() == 0:
        raise ValueError(f"there are no inputs: X has shape {tuple(X.shape)}")
    layers = {n: layer for n, layer in _leaves(model).items() if type(layer).__name__ == "ReLU"}
    if not layers:
        raise ValueError("the model has no ReLU layer")
    _, seen = _record(model, X, layers)
    return {
        name: (h.flatten(end_dim=-2) == 0).all(dim=0).double().mean().item()
        for name, (_, h) in seen.items()
    }


def _linear_layers(model: nn.Module) -> dict[str, nn.Module]:
    layers = {n: layer for n, layer in _leaves(model).items() if type(layer).__name__ == "Linear"}
    if not layers:
        raise ValueError("the model has no Linear layer")
    return layers


def gradient_norms_by_layer(
    model: nn.Module, X: Tensor, y: Tensor, loss: Callable[[Tensor, Tensor], Tensor]
) -> dict[str, float]:
    """The length of the cost's gradient in every dense layer's weights.

    Args:
        model: a module with Linear layers, ours or torch's; its `.grad`s stay untouched.
        X: inputs.
        y: targets.
        loss: a function of the model's output and y that gives a scalar.

    Returns:
        The Frobenius norm by the layer's name, from the first layer to the last.

    Raises:
        ValueError: there are no Linear layers.

    Equation: :eq:`eq-weight-gradient`.
    Section: :ref:`sec-initialization`.

    Source: Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, AISTATS.

    Example:
        >>> from dlcore.nn import initialize_
        >>> model = initialize_(torch.nn.Sequential(torch.nn.Linear(1, 1)), "zeros")
        >>> x = torch.ones(1, 1)
        >>> gradient_norms_by_layer(model, x, -x, torch.nn.MSELoss())
        {'0': 2.0}

    In production: torch.autograd.grad, or parameter.grad after loss.backward().
    """
    layers = _linear_layers(model)
    weights = [layer.get_parameter("weight") for layer in layers.values()]
    gradients = torch.autograd.grad(loss(model(X), y), weights)
    return {name: g.norm().item() for name, g in zip(layers, gradients, strict=True)}


def delta_norms_by_layer(
    model: nn.Module, X: Tensor, y: Tensor, loss: Callable[[Tensor, Tensor], Tensor]
) -> dict[str, float]:
    """The length of the cost's gradient in every dense layer's pre-activations.

    Args:
        model: a module with Linear layers, ours or torch's; its `.grad`s stay untouched.
        X: inputs.
        y: targets.
        loss: a function of the model's output and y that gives a scalar.

    Returns:
        The Frobenius norm of delta of the layer, by its name, from the first layer to the last.
        Divide by the last to see what is left on the way back.

    Raises:
        ValueError: there are no Linear layers.

    Equation: :eq:`eq-delta-hidden`.
    Section: :ref:`sec-initialization`.

    Source: Hochreiter (1998), The vanishing gradient problem during learning recurrent neural
    nets and problem solutions, doi:10.1142/S0218488598000094.

    Example:
        >>> from dlcore.nn import initialize_
        >>> model = initialize_(torch.nn.Sequential(torch.nn.Linear(1, 1)), "zeros")
        >>> x = torch.ones(1, 1)
        >>> delta_norms_by_layer(model, x, -x, torch.nn.MSELoss())
        {'0': 2.0}

    In production: torch.autograd.grad in the layers' outputs.
    """
    output, seen = _record(model, X, _linear_layers(model))
    z = [h for _, h in seen.values()]
    gradients = torch.autograd.grad(loss(output, y), z)
    return {name: g.norm().item() for name, g in zip(seen, gradients, strict=True)}


@torch.no_grad()
def second_moment_by_depth(
    scheme: str | Callable[..., Tensor],
    activation: str | Activation = "relu",
    depth: int = 20,
    width: int = 512,
    n: int = 256,
    generator: torch.Generator | None = None,
) -> Float[Tensor, " layers"]:
    """How E[h^2] develops in a deep network at the start of training, on Gaussian inputs.

    Args:
        scheme: a name of `initialize_`'s schemes, or a function of a weight matrix and the
            keyword `generator` that fills it.
        activation: of every layer: a name of `ACTIVATIONS`, or a pair.
        depth: number of layers; biases are 0.
        width: units in every layer, and inputs.
        n: examples.
        generator: source of inputs and weights; by default torch's global one.

    Returns:
        E[h^2] over units and examples for layers 0 (the inputs, about 1) to `depth`.

    Raises:
        ValueError: a size below 1, or an unknown name.

    Section: :ref:`sec-initialization`.

    Source: He, Zhang, Ren, Sun (2015), Delving deep into rectifiers, arXiv:1502.01852.

    Example:
        >>> moments = second_moment_by_depth("xavier_normal", "relu", depth=20)
        >>> bool(moments[20] < 1e-4)
        True

    In production: forward hooks on the model itself.
    """
    if min(depth, width, n) < 1:
        raise ValueError(f"depth, width and n must be at least 1, got {depth}, {width}, {n}")
    if isinstance(scheme, str) and scheme not in INITIALIZERS:
        raise ValueError(f"unknown scheme {scheme!r}: choose from {', '.join(INITIALIZERS)}")
    fill = INITIALIZERS[scheme] if isinstance(scheme, str) else scheme
    f = as_activation(activation).function
    where = generator.device if generator else None
    h = torch.randn(n, width, generator=generator, device=where)
    moments = [(h.double() ** 2).mean()]
    for _ in range(depth):
        W = fill(torch.empty(width, width, device=where), generator=generator)
        h = f(h @ W.T)
        moments.append((h.double() ** 2).mean())
    return torch.stack(moments)
