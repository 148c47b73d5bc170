"""Networks draw their weights from torch's global generator: the same ones in every test."""

import pytest
import torch


@pytest.fixture(autouse=True)
def same_weights():
    torch.manual_seed(0)
