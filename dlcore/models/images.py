"""What all networks on images check and begin with."""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn


def require_images(x: Tensor, channels: int, smallest: int = 1) -> None:
    """Raise ValueError unless x is a batch of images with these channels and at least this side."""
    if x.ndim != 4 or x.shape[1] != channels:
        raise ValueError(f"expected images of shape (b, {channels}, h, w), got {tuple(x.shape)}")
    if min(x.shape[2:]) < smallest:
        raise ValueError(
            f"images must be at least {smallest} x {smallest} pixels for this network, got "
            f"{x.shape[2]} x {x.shape[3]}"
        )


def require_positive(**sizes: int | float) -> None:
    """Raise ValueError unless every size is above 0."""
    for name, size in sizes.items():
        if not size > 0:
            raise ValueError(f"{name} must be positive, got {size}")


def require_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise ValueError unless the value is one of the choices."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")


def convolution(
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    stride: int = 1,
    *,
    groups: int = 1,
    activation: Callable[..., nn.Module] | None = nn.ReLU,
) -> nn.Sequential:
    """Convolution without bias, padded to keep the size at stride 1, batch norm, activation."""
    layers: list[nn.Module] = [
        nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding=(kernel_size - 1) // 2,
            groups=groups,
            bias=False,
        ),
        nn.BatchNorm2d(out_channels),
    ]
    return nn.Sequential(*layers, *([activation()] if activation else []))


def kaiming_convolutions_(model: nn.Module, mode: Literal["fan_in", "fan_out"] = "fan_out") -> None:
    """Draw the weights of all convolutions for ReLU, in place; their biases become 0."""
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode=mode, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def global_average(x: Tensor) -> Tensor:
    """The mean of each channel over its pixels, shape (b, c)."""
    return torch.mean(x, dim=(2, 3))
