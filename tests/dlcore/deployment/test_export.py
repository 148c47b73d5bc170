"""Exported networks compute in ONNX Runtime what they compute in torch."""

import builtins

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from dlcore.deployment import ExportError, OnnxModel, export_onnx, quantize_onnx


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Flatten(),
        nn.Linear(4 * 64, 10),
    )


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A network in training mode, and its file."""
    model = network().train()
    model(torch.randn(16, 1, 8, 8))
    path = tmp_path_factory.mktemp("exported") / "model.onnx"
    return model, export_onnx(model, torch.randn(1, 1, 8, 8), path)


@pytest.mark.reference("onnxruntime.InferenceSession", of="dlcore.deployment.OnnxModel")
@pytest.mark.reference("torch.nn.Module.eval", of="dlcore.deployment.export_onnx")
def test_a_network_and_its_file_agree(exported):
    model, there = exported
    assert model.training
    onnx.checker.check_model(str(there.path))
    assert there.size == there.path.stat().st_size
    assert [p.name for p in there.path.parent.iterdir()] == ["model.onnx"]
    session = onnxruntime.InferenceSession(str(there.path))
    model.eval()
    for n in (1, 2, 7):
        x = torch.randn(n, 1, 8, 8)
        torch.testing.assert_close(there(x), model(x).detach(), rtol=1e-4, atol=1e-5)
        (outputs,) = session.run(None, {"inputs": x.numpy()})
        assert np.allclose(outputs, there(x).numpy(), atol=1e-5)
    model.train()


@pytest.mark.reference("integers in the file", of="dlcore.deployment.quantize_onnx")
def test_eight_bits(exported, tmp_path):
    _, there = exported
    small = quantize_onnx(there, tmp_path / "int8.onnx")
    kinds = {tensor.data_type for tensor in onnx.load(small.path).graph.initializer}
    assert onnx.TensorProto.INT8 in kinds or onnx.TensorProto.UINT8 in kinds
    assert small.size < 0.6 * there.size
    x = torch.randn(64, 1, 8, 8)
    wanted = there(x)
    assert (small(x) - wanted).abs().max() < 0.05 * wanted.abs().max()
    assert not torch.equal(small(x), wanted)


class Branch(nn.Module):
    """Computes something else after it was exported."""

    calls = 0

    def forward(self, x):
        if torch.compiler.is_compiling():
            return 2 * x
        return x


class Hopeless(nn.Module):
    """Looks at its inputs' values to see what to do, which no graph can."""

    def forward(self, x):
        return x if x.sum() > 0 else -x


@pytest.mark.bad_input
@pytest.mark.reference("torch.allclose", of="dlcore.deployment.ExportError")
def test_what_cannot_be_exported(tmp_path):
    with pytest.raises(ExportError, match=r"outputs differ by .*, allowed are"):
        export_onnx(Branch(), torch.ones(2, 3), tmp_path / "branch.onnx")
    with pytest.raises(ExportError, match="Hopeless cannot be exported"):
        export_onnx(Hopeless(), torch.ones(2, 3), tmp_path / "hopeless.onnx")
    with pytest.raises(ValueError, match=r"there is no example: its shape is \(0, 3\)"):
        export_onnx(nn.Linear(3, 2), torch.zeros(0, 3), tmp_path / "none.onnx")


@pytest.mark.bad_input
def test_what_cannot_be_run(exported, tmp_path):
    _, there = exported
    for x in (torch.zeros(2, 1, 8, 9), torch.zeros(2, 1, 8, 8, dtype=torch.int64)):
        with pytest.raises(ValueError, match=r"cannot take inputs of shape \(2, 1, 8"):
            there(x)
    (tmp_path / "broken.onnx").write_bytes(b"nothing")
    for name in ("broken.onnx", "absent.onnx"):
        with pytest.raises(ExportError, match=f"{name} cannot be run as an ONNX model"):
            OnnxModel(tmp_path / name)


@pytest.mark.bad_input
def test_without_onnx(exported, tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("onnx"):
            raise ImportError(f"No module named {name!r}")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    for call in (
        lambda: export_onnx(nn.Linear(3, 2), torch.ones(2, 3), tmp_path / "model.onnx"),
        lambda: quantize_onnx(exported[1], tmp_path / "int8.onnx"),
        lambda: OnnxModel(exported[1].path),
    ):
        with pytest.raises(ImportError, match=r"pip install 'dlcore\[deploy\]'"):
            call()
