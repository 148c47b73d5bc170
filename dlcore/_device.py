"""Where tensors live unless told otherwise."""

import torch


def device() -> torch.device:
    """The device that the book's notebooks run on: the first CUDA GPU, or the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
