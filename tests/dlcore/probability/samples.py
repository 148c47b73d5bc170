"""Numbers for the tests of this package."""

from functools import partial

import torch

f64 = partial(torch.tensor, dtype=torch.float64)
