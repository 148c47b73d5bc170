"""A new last layer for a network that learned something else."""

from torch import nn


def replace_head(model: nn.Module, out_features: int) -> nn.Linear:
    """Put a fresh linear layer in the place of a network's last one.

    All else stays. Freeze the model before, and only the new head will learn; leave it as it is,
    and all is tuned.

    Args:
        model: a network whose last linear layer, in the order of `model.named_modules()`, gives
            its output; changed in place.
        out_features: outputs of the new head.

    Returns:
        The new layer, on the device and in the dtype of the old one, with torch's default start.

    Raises:
        ValueError: no linear layer within the model, or no outputs.

    Section: :ref:`sec-transfer-learning`
    Source: Yosinski, Clune, Bengio, Lipson (2014), How transferable are features in deep neural
        networks?, arXiv:1411.1792.

    Example:
        >>> import torch
        >>> model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 10))
        >>> replace_head(model, 3)
        Linear(in_features=8, out_features=3, bias=True)
        >>> model(torch.zeros(2, 4)).shape
        torch.Size([2, 3])

    In production: `model.fc = torch.nn.Linear(...)`, or timm's `model.reset_classifier`.
    """
    if out_features < 1:
        raise ValueError(f"replace_head: out_features must be at least 1, got {out_features}")
    linear = [n for n, part in model.named_modules() if n and isinstance(part, nn.Linear)]
    if not linear:
        raise ValueError(f"replace_head: there is no linear layer within {type(model).__name__}")
    parent, _, name = linear[-1].rpartition(".")
    old = model.get_submodule(linear[-1])
    assert isinstance(old, nn.Linear)
    head = nn.Linear(
        old.in_features,
        out_features,
        bias=old.bias is not None,
        device=old.weight.device,
        dtype=old.weight.dtype,
    )
    setattr(model.get_submodule(parent), name, head)
    return head
