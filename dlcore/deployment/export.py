"""A trained network as a file that needs neither Python nor torch to run."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from jaxtyping import Shaped
from torch import Tensor, nn

from dlcore.training.loop import in_mode

MISSING = "exporting needs onnx, onnxruntime and onnxscript: pip install 'dlcore[deploy]'"


class ExportError(RuntimeError):
    """A network cannot be exported, or the exported one computes something else.

    Section: :ref:`sec-export`
    Source: the ONNX specification, https://onnx.ai/onnx/repo-docs/IR.html.

    Example: see `export_onnx`.
    """


class OnnxModel:
    """A network in an ONNX file, run by ONNX Runtime on the CPU with as many threads as torch has.

    Args:
        path: the file; one input and one output.

    Attributes:
        path: as given.
        size: bytes of the file.

    Raises:
        ImportError: ONNX Runtime is not installed.
        ExportError: the file is missing, or no sound ONNX model.

    Section: :ref:`sec-export`
    Source: the ONNX specification, https://onnx.ai/onnx/repo-docs/IR.html.

    Example: see `export_onnx`.

    In production: onnxruntime.InferenceSession.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise ImportError(MISSING) from error
        self.path = Path(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(self.path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise ExportError(f"{self.path} cannot be run as an ONNX model: {error}") from error
        self.size = self.path.stat().st_size
        (self._input,) = [each.name for each in self._session.get_inputs()]

    def __call__(self, x: Shaped[Tensor, "n ..."]) -> Shaped[Tensor, "n ..."]:
        """The outputs for a batch of any size.

        Raises:
            ValueError: the inputs' shape or dtype is not that of the exported network.
        """
        try:
            (outputs,) = self._session.run(None, {self._input: x.detach().cpu().numpy()})
        except Exception as error:
            raise ValueError(
                f"the exported network cannot take inputs of shape {tuple(x.shape)} and dtype "
                f"{x.dtype}: {error}"
            ) from error
        return torch.from_numpy(outputs)


def export_onnx(
    model: nn.Module,
    example: Shaped[Tensor, "n ..."],
    path: str | os.PathLike,
    *,
    rtol: float = 1e-3,
    atol: float = 1e-5,
) -> OnnxModel:
    """Write a network in evaluation mode as an ONNX file for batches of any size, and check it.

    The file must be sound by ONNX's own checker, and give the network's outputs for the example and
    for a batch of another size.

    Args:
        model: maps a tensor to a tensor, with the batch first; left as it is.
        example: inputs, shape (n, ...).
        path: the file to write.
        rtol: how far outputs may differ, as a part of the largest one.
        atol: and absolutely; the two are added.

    Returns:
        The exported network, to be called with tensors.

    Raises:
        ImportError: onnx, onnxruntime or onnxscript is not installed.
        ExportError: the network does something that cannot be exported, or the outputs differ.
        ValueError: there is no example.

    Section: :ref:`sec-export`
    Source: the ONNX specification, https://onnx.ai/onnx/repo-docs/IR.html.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "model.onnx"
        >>> exported = export_onnx(nn.Linear(3, 2), torch.randn(4, 3), path)
        >>> exported(torch.randn(7, 3)).shape
        torch.Size([7, 2])

    In production: torch.onnx.export.
    """
    if len(example) == 0:
        raise ValueError(f"there is no example: its shape is {tuple(example.shape)}")
    try:
        import onnx
        import onnxruntime
        import onnxscript
    except ImportError as error:
        raise ImportError(MISSING) from error
    del onnxruntime, onnxscript
    example = example.detach().cpu()
    batches = (torch.cat([example, example]), example[:1])
    with in_mode(model, training=False), torch.no_grad(), _without_chatter():
        try:
            torch.onnx.export(
                model,
                batches[:1],
                str(path),
                dynamo=True,
                external_data=False,
                dynamic_shapes=({0: torch.export.Dim("n")},),
                input_names=["inputs"],
                output_names=["outputs"],
                verbose=False,
            )
            onnx.checker.check_model(str(path))
        except Exception as error:
            raise ExportError(f"{type(model).__name__} cannot be exported: {error}") from error
        exported = OnnxModel(path)
        for batch in batches:
            _require_equal(exported(batch), model(batch), rtol, atol)
    return exported


def quantize_onnx(model: OnnxModel, path: str | os.PathLike) -> OnnxModel:
    """An exported network with int8 weights, and int8 arithmetic where the runtime has it.

    Activations are quantized as they come, each batch with a scale of its own.

    Args:
        model: the exported network.
        path: the file to write.

    Returns:
        The smaller network. Compare its accuracy and its latency: both may be worse.

    Raises:
        ImportError: onnx or onnxruntime is not installed.

    Section: :ref:`sec-compression`
    Source: Jacob et al. (2018), Quantization and training of neural networks for efficient
        integer-arithmetic-only inference, arXiv:1712.05877.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> net = nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 10))
        >>> exported = export_onnx(net, torch.randn(4, 64), folder / "model.onnx")
        >>> quantize_onnx(exported, folder / "int8.onnx").size < 0.4 * exported.size
        True

    In production: onnxruntime.quantization.quantize_dynamic.
    """
    try:
        import onnx
        from onnxruntime.quantization import quantize_dynamic
    except ImportError as error:
        raise ImportError(MISSING) from error
    del onnx
    with _without_chatter():
        quantize_dynamic(str(model.path), str(path))
    return OnnxModel(path)


def _require_equal(outputs: Tensor, wanted: Tensor, rtol: float, atol: float) -> None:
    if outputs.shape != wanted.shape:
        raise ExportError(
            f"the exported network's outputs have shape {tuple(outputs.shape)}, the network's "
            f"{tuple(wanted.shape)}"
        )
    worst = (outputs - wanted).abs().max().item()
    allowed = atol + rtol * wanted.abs().max().item()
    if not worst <= allowed:
        raise ExportError(f"outputs differ by {worst:.3g}, allowed are {allowed:.3g}")


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Without the exporter's remarks about its own parts."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
