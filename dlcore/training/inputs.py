"""What can be wrong with what a training run is given, said before the first step."""

import math

import torch
from torch import Tensor, nn


def check_numbers(epochs: int, batch_size: int, optimizer: torch.optim.Optimizer) -> None:
    """Epochs, batch size and learning rates are ones that can train."""
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}")
    for group in optimizer.param_groups:
        if not (math.isfinite(float(group["lr"])) and float(group["lr"]) > 0):
            raise ValueError(
                f"the learning rate must be positive and finite, got lr={group['lr']}: with 0 "
                "nothing is learned, with inf or NaN the first step destroys the parameters"
            )


def check_optimizer(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """The optimizer holds parameters of this model, not of another or of a copy."""
    own = {id(p) for p in model.parameters()}
    if not own:
        raise ValueError("the model has no parameters to train")
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    if not held & own:
        raise ValueError(
            "the optimizer holds no parameter of this model: build it from model.parameters(), "
            "after the model was moved to its device"
        )


def check_examples(model: nn.Module, X: Tensor, y: Tensor, name: str) -> None:
    """There are examples, as many targets, finite, on the model's device and of its dtype."""
    for what, tensor in ((f"{name} X", X), (f"{name} y", y)):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"{what} must be a torch tensor, got {type(tensor).__name__}")
    if len(X) != len(y):
        raise ValueError(f"{name} X and y differ in length: X {tuple(X.shape)}, y {tuple(y.shape)}")
    if len(X) == 0:
        raise ValueError(f"there are no {name} examples: X has shape {tuple(X.shape)}")
    parameter = next(model.parameters())
    for what, tensor in ((f"{name} X", X), (f"{name} y", y)):
        if tensor.device != parameter.device:
            raise ValueError(
                f"{what} is on {tensor.device}, the model on {parameter.device}: use .to(device)"
            )
        if tensor.is_floating_point() and not tensor.isfinite().all():
            bad = int((~tensor.isfinite()).sum())
            raise ValueError(f"{what} contains {bad} values that are NaN or infinite")
    if X.is_floating_point() and X.dtype != parameter.dtype:
        raise TypeError(
            f"{name} X is {X.dtype}, the model's parameters are {parameter.dtype}: "
            "convert one with .to(dtype)"
        )


def check_targets(outputs: Tensor, y: Tensor, ignored: int | None) -> None:
    """Targets that fit the model's outputs: labels of its classes, or numbers of the same shape.

    Args:
        outputs: what the model returned for the first batch.
        y: all targets.
        ignored: the label that the loss leaves out, if any.
    """
    if not isinstance(outputs, Tensor):
        return
    labels = y.ndim == outputs.ndim - 1 and not y.is_floating_point()
    if not labels and outputs.shape[1:] != y.shape[1:]:
        raise ValueError(
            f"the model's outputs have shape {tuple(outputs.shape)} and the targets of dtype "
            f"{y.dtype} shape (n, {', '.join(map(str, y.shape[1:]))}): they would be broadcast. "
            "Class labels must be int64 of shape (n,), other targets shaped like the outputs"
        )
    if not labels:
        return
    if y.dtype != torch.int64:
        raise TypeError(f"class labels must be int64, got {y.dtype}: convert them with y.long()")
    counted = y if ignored is None else y[y != ignored]
    k = outputs.shape[1]
    if counted.numel() and (int(counted.min()) < 0 or int(counted.max()) >= k):
        raise ValueError(
            f"the model has {k} outputs, so labels must lie in 0..{k - 1}; y holds "
            f"{int(counted.min())} to {int(counted.max())}"
        )


def first_outputs(model: nn.Module, X: Tensor) -> Tensor:
    """The outputs for the first batch, or an error that names the shapes.

    Raises:
        ValueError: the model cannot take inputs of this shape or dtype.
    """
    try:
        return model(X)
    except (RuntimeError, IndexError) as error:
        raise ValueError(
            f"{type(model).__name__} cannot take a batch X of shape {tuple(X.shape)} and dtype "
            f"{X.dtype}: {error}"
        ) from error
