"""Layers draw their weights from torch's global generator: the same ones for every run."""

import pytest
import torch


@pytest.fixture(autouse=True)
def seeded():
    """The global generator at 0, and afterwards as it was."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield
