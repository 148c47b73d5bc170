"""From tensors, wherever they live, to the arrays that matplotlib draws."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

ArrayLike: TypeAlias = Tensor | np.ndarray | Sequence


def as_array(values: ArrayLike) -> np.ndarray:
    """The values as an array on the CPU, without their gradients."""
    if isinstance(values, Tensor):
        values = values.detach().cpu()
        return (values.float() if values.dtype == torch.bfloat16 else values).numpy()
    return np.asarray(values)
