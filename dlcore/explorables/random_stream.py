"""Random numbers that Python and the browser draw alike: the same seed, the same network."""

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor


def uniforms(seed: int, n: int) -> np.ndarray:
    """The first n numbers of mulberry32 in [0, 1), the twin of `uniforms` in `random_stream.js`."""
    a = np.arange(1, n + 1, dtype=np.uint32) * np.uint32(0x6D2B79F5) + np.uint32(seed)
    t = (a ^ (a >> np.uint32(15))) * (a | np.uint32(1))
    t ^= t + (t ^ (t >> np.uint32(7))) * (t | np.uint32(61))
    return (t ^ (t >> np.uint32(14))) / 2.0**32


def normals(seed: int, n: int) -> Float64[Tensor, " n"]:
    """Standard normal numbers by Box and Muller, the twin of `normals` in `random_stream.js`."""
    u, v = uniforms(seed, 2 * n).reshape(n, 2).T
    return torch.from_numpy(np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * v))
