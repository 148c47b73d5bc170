"""Checkpoints: written whole or not at all, read only when sound."""

import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import torch

FORMAT = "dlcore checkpoint 1"


class CheckpointError(RuntimeError):
    """A checkpoint cannot be read, or does not belong to this training."""


def save_checkpoint(path: str | os.PathLike, state: dict[str, Any]) -> None:
    """Write a state so that the file is at every moment the old one or the new one, complete.

    Written beside the target, flushed to disk, then renamed onto it: a kill or a power cut in
    between leaves the old checkpoint.

    Args:
        path: the file to write; its folder is made if need be.
        state: tensors, numbers, strings, and lists and dicts of them.

    Raises:
        CheckpointError: the file cannot be written.

    Source: Pillai et al. (2014), All file systems are not created equal, OSDI.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "model.pt"
        >>> save_checkpoint(path, {"epoch": 3, "w": torch.ones(2)})
        >>> load_checkpoint(path)["epoch"]
        3

    In production: torch.save, or torch.distributed.checkpoint for sharded models.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}-", delete=False
        ) as file:
            try:
                torch.save({"format": FORMAT, "state": state}, file)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise CheckpointError(
            f"cannot write the checkpoint {path}: {error}. Choose a folder that you may write to"
        ) from error


def load_checkpoint(path: str | os.PathLike) -> dict[str, Any]:
    """Read a state that `save_checkpoint` wrote, onto the CPU.

    Args:
        path: the file to read. It is never changed.

    Returns:
        The state as it was saved.

    Raises:
        CheckpointError: the file is missing, damaged, or something else.

    Source: the zip format's checksums, APPNOTE 6.3.10, section 4.4.7.

    Example: see `save_checkpoint`.

    In production: torch.load(path, weights_only=True).
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
        if damaged is not None:
            raise zipfile.BadZipFile(f"checksum of {damaged} does not match")
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise CheckpointError(f"there is no checkpoint {path}") from error
    except Exception as error:
        raise CheckpointError(
            f"the checkpoint {path} is damaged or is not a checkpoint ({error}). It was left as it "
            "is: move it away to start from the beginning, or put a sound copy in its place"
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CheckpointError(
            f"{path} is a torch file, but not a {FORMAT!r}. It was left as it is: choose another "
            "path"
        )
    return content["state"]
