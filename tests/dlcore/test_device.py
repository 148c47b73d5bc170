"""The device that the notebooks run on."""

import pytest
import torch

import dlcore


@pytest.mark.reference("torch.cuda.is_available", of="dlcore.device")
@pytest.mark.parametrize(("available", "kind"), [(True, "cuda"), (False, "cpu")])
def test_a_gpu_where_there_is_one(monkeypatch, available, kind):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: available)
    assert dlcore.device() == torch.device(kind)
