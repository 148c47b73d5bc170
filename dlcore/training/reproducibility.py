"""The same run twice: seeds, states of the generators, the name of a configuration."""

import hashlib
import importlib.metadata
import json
import os
import platform
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

PACKAGES = ("torch", "numpy", "scipy", "scikit-learn")


def seed_everything(seed: int, *, deterministic: bool = False) -> torch.Generator:
    """Seed the global generators of Python, NumPy and PyTorch.

    The same seed gives the same bits on the same machine with the same versions, not elsewhere.

    Args:
        seed: from 0 to 2^32 - 1.
        deterministic: let PyTorch refuse operations whose result depends on the order in which
            threads finish; some become slower. It stays so until it is turned off.

    Returns:
        A generator of the CPU with this seed, to be passed on where one is asked for.

    Raises:
        ValueError: a seed out of range.

    Section: :ref:`sec-reproducibility`
    Source: PyTorch documentation, Reproducibility.

    Example:
        >>> generator = seed_everything(0)
        >>> first = torch.rand(3)
        >>> generator = seed_everything(0)
        >>> bool((first == torch.rand(3)).all())
        True

    In production: lightning.pytorch.seed_everything, torch.use_deterministic_algorithms.
    """
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed must lie in 0 to 2^32 - 1, got {seed}")
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (the global generator is what is meant)
    torch.manual_seed(seed)
    if deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
    return torch.Generator().manual_seed(seed)


@dataclass(frozen=True)
class RandomState:
    """Where the global generators stand, to come back to.

    Attributes:
        python: of `random`.
        numpy: of `numpy.random`.
        torch: of PyTorch on the CPU.
        cuda: of PyTorch on each GPU in use.

    Section: :ref:`sec-reproducibility`
    Source: PyTorch documentation, Reproducibility.

    Example:
        >>> state = RandomState.capture()
        >>> first = torch.rand(3)
        >>> state.restore()
        >>> bool((first == torch.rand(3)).all())
        True

    In production: a part of every checkpoint, as in `dlcore.training.fit`.
    """

    python: tuple
    numpy: Any
    torch: Tensor
    cuda: tuple[Tensor, ...] = ()

    @classmethod
    def capture(cls) -> "RandomState":
        """The states as they are now."""
        cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
        legacy = np.random.get_state()  # noqa: NPY002 (the state is the global generator's)
        return cls(random.getstate(), legacy, torch.get_rng_state(), tuple(cuda))

    def restore(self) -> None:
        """Put the states back."""
        random.setstate(self.python)
        np.random.set_state(self.numpy)  # noqa: NPY002 (the state is the global generator's)
        torch.set_rng_state(self.torch)
        if self.cuda and torch.cuda.is_available():
            torch.cuda.set_rng_state_all(list(self.cuda))


def config_hash(config: Mapping[str, Any]) -> str:
    """A short name that is the same for the same settings, in whatever order they stand.

    Args:
        config: settings by name: numbers, strings, truth values, None, lists and mappings of them.

    Returns:
        12 hexadecimal digits, the beginning of a SHA-256.

    Raises:
        TypeError: a setting of another kind, or a name that is no string.
        ValueError: NaN or infinity.

    Section: :ref:`sec-reproducibility`
    Source: the definition: SHA-256 of the settings as sorted JSON.

    Example:
        >>> config_hash({"lr": 0.1, "depth": 2}) == config_hash({"depth": 2, "lr": 0.1})
        True

    In production: the run's name in an experiment tracker, beside the commit.
    """
    text = json.dumps(_plain(config), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def environment() -> dict[str, str]:
    """What a result depends on besides code, data and settings: versions and machine.

    Returns:
        Versions of Python and the packages that compute, the platform, threads and GPU, by name.

    Section: :ref:`sec-reproducibility`
    Source: Pineau et al. (2021), Improving reproducibility in machine learning research,
        arXiv:2003.12206.

    Example:
        >>> environment()["torch"] == torch.__version__
        True

    In production: torch.utils.collect_env, a lock file, a container's digest.
    """
    versions = {package: importlib.metadata.version(package) for package in PACKAGES}
    return {
        "python": platform.python_version(),
        **(versions | {"torch": torch.__version__}),
        "platform": platform.platform(),
        "threads": str(torch.get_num_threads()),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str):
                raise TypeError(f"names of settings must be strings, got {name!r}")
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"settings are numbers, strings, lists and mappings, got {value!r}")
