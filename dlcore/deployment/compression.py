"""Smaller networks: weights in eight bits, and weights that are left out."""

import copy
from typing import Literal

import torch
from jaxtyping import Bool, Shaped
from torch import Tensor, nn

from dlcore.nn import Conv1d, Conv2d, Linear
from dlcore.numerics import dequantize, quantize_int8

LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, Linear, Conv1d, Conv2d)


class QuantizedLayer(nn.Module):
    """A linear or convolutional layer whose weights are int8 numbers, with a scale per output.

    They take a quarter of the memory. The arithmetic is the float layer's: before each call they
    are turned back, which costs time. Integer arithmetic needs a runtime that has it, as
    `quantize_onnx` does.

    Args:
        layer: the layer to take over; it is left as it is.

    Attributes:
        q: the weights as integers, of the shape of the layer's.
        scale: of each output, shape (out, 1, ...).

    Raises:
        TypeError: another kind of layer.

    Equation: :eq:`eq-quantize-weights`
    Section: :ref:`sec-compression`
    Source: Jacob et al. (2018), Quantization and training of neural networks for efficient
        integer-arithmetic-only inference, arXiv:1712.05877.

    Example:
        >>> layer = nn.Linear(3, 2)
        >>> small = QuantizedLayer(layer)
        >>> X = torch.randn(4, 3)
        >>> torch.allclose(small(X), layer(X), atol=0.05), small.q.dtype
        (True, torch.int8)

    In production: torchao.quantization.quantize_ with Int8WeightOnlyConfig.
    """

    q: Tensor
    scale: Tensor

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        if type(layer) not in LAYERS:
            raise TypeError(
                f"only linear and convolutional layers can be quantized, got {type(layer).__name__}"
            )
        q, scale, _ = quantize_int8(layer.get_parameter("weight").detach(), dim=0, symmetric=True)
        self.register_buffer("q", q)
        self.register_buffer("scale", scale)
        self.layer = copy.deepcopy(layer)
        del self.layer.weight

    @property
    def weight(self) -> Tensor:
        """The weights that the integers stand for."""
        return dequantize(self.q, self.scale, torch.zeros_like(self.scale, dtype=torch.int32))

    def forward(self, x: Shaped[Tensor, "..."]) -> Shaped[Tensor, "..."]:
        """What the layer computes, with its weights rounded."""
        return torch.func.functional_call(self.layer, {"weight": self.weight}, (x,))


def quantize_layers(model: nn.Module) -> nn.Module:
    """A copy of a network in which every linear and convolutional layer keeps int8 weights.

    Args:
        model: left as it is. Layers of other kinds, and classes derived from these, stay.

    Returns:
        The copy.

    Equation: :eq:`eq-quantize-weights`
    Section: :ref:`sec-compression`
    Source: Jacob et al. (2018), Quantization and training of neural networks for efficient
        integer-arithmetic-only inference, arXiv:1712.05877.

    Example:
        >>> model = nn.Sequential(nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, 100))
        >>> round(state_bytes(model) / state_bytes(quantize_layers(model)), 2)
        3.74

    In production: torchao.quantization.quantize_ with Int8WeightOnlyConfig.
    """
    if type(model) in LAYERS:
        return QuantizedLayer(model)
    smaller = copy.deepcopy(model)
    for parent in list(smaller.modules()):
        for name, child in list(parent.named_children()):
            if type(child) in LAYERS:
                setattr(parent, name, QuantizedLayer(child))
    return smaller


def state_bytes(model: nn.Module) -> int:
    """The memory of a network's parameters and buffers; what several names share counts once.

    Args:
        model: any network.

    Returns:
        Bytes.

    Section: :ref:`sec-compression`
    Source: the definition.

    Example:
        >>> state_bytes(nn.Linear(3, 2))
        32

    In production: sum(p.nbytes for p in model.parameters()).
    """
    tensors = [*model.parameters(), *model.buffers()]
    return sum({x.data_ptr(): x.nbytes for x in tensors if x.numel()}.values())


def magnitude_mask(weight: Shaped[Tensor, "*shape"], fraction: float) -> Bool[Tensor, "*shape"]:
    r"""Which weights stay when a fraction of them, the smallest in magnitude, is left out.

    Args:
        weight: any shape.
        fraction: of the weights to leave out, 0 to 1; rounded to a whole number of them.

    Returns:
        False for weights that are left out.

    Raises:
        ValueError: a fraction outside 0 to 1.

    Equation: :eq:`eq-magnitude-mask`
    Section: :ref:`sec-compression`
    Source: Han, Pool, Tran, Dally (2015), Learning both weights and connections for efficient
        neural networks, arXiv:1506.02626.

    Example:
        >>> magnitude_mask(torch.tensor([3.0, -0.1, 0.5, -2.0]), 0.5)
        tensor([ True, False, False,  True])

    In production: torch.nn.utils.prune.l1_unstructured.
    """
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction must be in 0 to 1, got {fraction}")
    left_out = weight.detach().abs().flatten().argsort(stable=True)
    mask = torch.ones(weight.numel(), dtype=torch.bool, device=weight.device)
    mask[left_out[: round(fraction * weight.numel())]] = False
    return mask.view(weight.shape)


def magnitude_prune(
    model: nn.Module, fraction: float, *, scope: Literal["global", "layer"] = "global"
) -> dict[str, Tensor]:
    r"""Set the smallest weights of a network to 0, in place; biases stay.

    Args:
        model: its parameters with at least two dimensions are pruned.
        fraction: of the weights to leave out, 0 to 1.
        scope: the smallest of all layers together ("global"), or of each by itself ("layer").

    Returns:
        The masks by the names of the parameters, for `apply_masks`.

    Raises:
        ValueError: a fraction outside 0 to 1, an unknown scope, or no weights.

    Equation: :eq:`eq-magnitude-mask`
    Section: :ref:`sec-compression`
    Source: Han, Pool, Tran, Dally (2015), Learning both weights and connections for efficient
        neural networks, arXiv:1506.02626.

    Example:
        >>> model = nn.Linear(4, 5)
        >>> masks = magnitude_prune(model, 0.75)
        >>> int((model.weight != 0).sum()), list(masks)
        (5, ['weight'])

    In production: torch.nn.utils.prune.global_unstructured.
    """
    if scope not in ("global", "layer"):
        raise ValueError(f"scope must be 'global' or 'layer', got {scope!r}")
    weights = {name: p for name, p in model.named_parameters() if p.ndim >= 2}
    if not weights:
        raise ValueError("the model has no weights to prune: no parameter has two dimensions")
    if scope == "layer":
        masks = {name: magnitude_mask(p, fraction) for name, p in weights.items()}
    else:
        together = magnitude_mask(torch.cat([p.flatten() for p in weights.values()]), fraction)
        parts = together.split([p.numel() for p in weights.values()])
        masks = {
            name: part.view(p.shape) for (name, p), part in zip(weights.items(), parts, strict=True)
        }
    apply_masks(model, masks)
    return masks


@torch.no_grad()
def apply_masks(model: nn.Module, masks: dict[str, Tensor]) -> None:
    """Set the weights that a mask leaves out to 0 again, as after a step of fine-tuning.

    Args:
        model: changed in place.
        masks: by the names of its parameters.

    Section: :ref:`sec-compression`
    Source: Han, Pool, Tran, Dally (2015), Learning both weights and connections for efficient
        neural networks, arXiv:1506.02626.

    Example:
        >>> model = nn.Linear(2, 1)
        >>> apply_masks(model, {"weight": torch.tensor([[True, False]])})
        >>> (model.weight == 0).tolist()
        [[False, True]]

    In production: torch.nn.utils.prune keeps masks by itself.
    """
    for name, mask in masks.items():
        model.get_parameter(name).mul_(mask)


def sparsity(model: nn.Module) -> float:
    """The fraction of a network's weights that are 0, biases left out.

    Args:
        model: any network with a parameter of at least two dimensions.

    Returns:
        A number in 0 to 1.

    Raises:
        ValueError: the model has no weights.

    Section: :ref:`sec-compression`
    Source: the definition.

    Example:
        >>> model = nn.Linear(4, 5)
        >>> _ = magnitude_prune(model, 0.75)
        >>> sparsity(model)
        0.75

    In production: the same line.
    """
    weights = [p for p in model.parameters() if p.ndim >= 2]
    if not weights:
        raise ValueError("the model has no weights: no parameter has two dimensions")
    return sum(int((p == 0).sum()) for p in weights) / sum(p.numel() for p in weights)
