"""Batch normalization after training: statistics of other data, and layers folded into others."""

import copy
from collections.abc import Iterable
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from dlcore.nn.batch_norm import BatchNormLayer

Layer = TypeVar("Layer", bound=nn.Module)


def _pooled(parts: list[tuple[int, Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """Mean and unbiased variance of all, from count, mean and biased variance of each part."""
    total = sum(n for n, _, _ in parts)
    if total < 2:
        raise ValueError("statistics need at least 2 values per channel")
    mean = torch.stack([n * m for n, m, _ in parts]).sum(dim=0) / total
    within_and_between = [n * (v + (m - mean) ** 2) for n, m, v in parts]
    return mean, torch.stack(within_and_between).sum(dim=0) / (total - 1)


@torch.no_grad()
def recalibrate_batch_norm(model: nn.Module, batches: Iterable[Tensor]) -> None:
    """Replace the running statistics, in place, by those of some unlabelled data.

    The model sees the batches as in training, but for dropout and the like, which rest. Every layer
    of batch normalization, ours or torch's, then keeps mean and unbiased variance of all that it
    was given, however it was cut into batches.

    Args:
        model: any module with layers of batch normalization that keep running statistics.
        batches: its inputs.

    Raises:
        ValueError: no such layer, or no examples.

    Equation: :eq:`eq-batch-norm-inference`.
    Section: :ref:`sec-batch-norm-inference`.

    Source: Li, Wang, Shi, Liu, Hou (2016), Revisiting batch normalization for practical domain
    adaptation, arXiv:1603.04779.

    Example:
        >>> from dlcore.nn import BatchNorm1d
        >>> layer = BatchNorm1d(1)
        >>> batches = torch.tensor([[1.0], [3.0], [4.0], [8.0]]).split(2)
        >>> recalibrate_batch_norm(layer, batches)
        >>> layer.running_mean
        tensor([4.])

    In production: torch.optim.swa_utils.update_bn, which averages the batches' statistics.
    """
    layers = [
        layer
        for layer in model.modules()
        if isinstance(layer, BatchNormLayer | _BatchNorm) and layer.running_mean is not None
    ]
    if not layers:
        raise ValueError("the model has no batch normalization with running statistics")
    parts: dict[nn.Module, list[tuple[int, Tensor, Tensor]]] = {layer: [] for layer in layers}

    def note(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        x = inputs[0].double().movedim(1, 0).flatten(1)
        parts[layer].append((x.shape[1], x.mean(dim=1), x.var(dim=1, correction=0)))

    hooks = [layer.register_forward_pre_hook(note) for layer in layers]
    modes = {module: module.training for module in model.modules()}
    try:
        model.eval()
        for layer in layers:
            layer.train()
        for x in batches:
            if x.numel():
                model(x)
    finally:
        for hook in hooks:
            hook.remove()
        for module, training in modes.items():
            module.training = training
    for layer in layers:
        mean, variance = _pooled(parts[layer])
        layer.get_buffer("running_mean").copy_(mean)
        layer.get_buffer("running_var").copy_(variance)


def fold_batch_norm(layer: Layer, batch_norm: BatchNormLayer | _BatchNorm) -> Layer:
    """A layer that does what this one and the batch normalization behind it do in evaluation.

    Args:
        layer: dense or convolution, with `weight` of shape (c, ...) and `bias`.
        batch_norm: the normalization of its c outputs, ours or torch's, with running statistics.

    Returns:
        A copy of the layer with other weights; it has a bias in any case.

    Raises:
        ValueError: no running statistics, other sizes, or a layer of another kind.

    Equation: :eq:`eq-batch-norm-inference`.
    Section: :ref:`sec-batch-norm-inference`.

    Source: Jacob et al. (2018), Quantization and training of neural networks for efficient
    integer-arithmetic-only inference, arXiv:1712.05877.

    Example:
        >>> from dlcore.nn import BatchNorm1d
        >>> layer, norm = nn.Linear(3, 2), BatchNorm1d(2)
        >>> X = torch.randn(7, 3)
        >>> training = norm(layer(X))
        >>> torch.allclose(norm.eval()(layer(X)), fold_batch_norm(layer, norm)(X), atol=1e-5)
        True

    In production: torch.nn.utils.fuse_linear_bn_eval and fuse_conv_bn_eval.
    """
    mean, variance = batch_norm.running_mean, batch_norm.running_var
    if mean is None or variance is None:
        raise ValueError("the batch normalization has no running statistics to fold")
    parameters = dict(layer.named_parameters(recurse=False))
    weight, bias = parameters.get("weight"), parameters.get("bias")
    if weight is None or getattr(layer, "transposed", False):
        raise ValueError(f"cannot fold into {type(layer).__name__}, only dense or convolution")
    if len(weight) != len(mean):
        raise ValueError(f"the layer has {len(weight)} outputs, the normalization {len(mean)}")
    scale = 1 / (variance + batch_norm.eps).sqrt()
    scale = scale if batch_norm.weight is None else scale * batch_norm.weight
    shift = -mean if bias is None else bias - mean
    shift = shift * scale if batch_norm.bias is None else shift * scale + batch_norm.bias
    folded = copy.deepcopy(layer)
    folded.weight = nn.Parameter((weight * scale.reshape(-1, *[1] * (weight.ndim - 1))).detach())
    folded.bias = nn.Parameter(shift.detach())
    return folded
