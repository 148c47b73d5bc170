"""MNIST, Fashion-MNIST and CIFAR-10, downloaded on request and read from their own file formats."""

import gzip
import math
import os
import struct
import tarfile
import zlib
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from dlcore.data.download import cache_directory, download
from dlcore.data.splits import Examples, Provenance, Splits, split_examples

FULL_VARIABLE = "DLCORE_FULL"

MNIST_URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
MNIST_FILES = {
    "train-images-idx3-ubyte": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
FASHION_URL = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"
FASHION_FILES = {
    "train-images-idx3-ubyte": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1-ubyte": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3-ubyte": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}
CIFAR_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
CIFAR_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"

MNIST = Provenance(
    name="MNIST",
    source=MNIST_URL,
    licence="CC BY-SA 3.0",
    citation="LeCun, Bottou, Bengio, Haffner (1998), Gradient-based learning applied to document "
    "recognition, doi:10.1109/5.726791",
    size="70000 images of 28 x 28 pixels, 10 classes",
)
FASHION = Provenance(
    name="Fashion-MNIST",
    source=FASHION_URL,
    licence="MIT",
    citation="Xiao, Rasul, Vollgraf (2017), Fashion-MNIST, arXiv:1708.07747",
    size="70000 images of 28 x 28 pixels, 10 classes",
)
CIFAR = Provenance(
    name="CIFAR-10",
    source=CIFAR_URL,
    licence="none stated by the authors",
    citation="Krizhevsky (2009), Learning multiple layers of features from tiny images",
    size="60000 colour images of 32 x 32 pixels, 10 classes",
)
FASHION_CLASSES = (
    "t-shirt", "trousers", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip
CIFAR_CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip


def read_idx(path: Path) -> UInt8[Tensor, "..."]:
    """Read a gzipped IDX file of bytes, the format of MNIST.

    Two zero bytes, the type (8: unsigned byte), the number of axes, each axis's length as a
    big-endian 32-bit integer, then the values.

    Args:
        path: the file.

    Returns:
        Its values, in its shape.

    Raises:
        ValueError: the file is damaged, cut short or in another format.

    Source: LeCun, Cortes, Burges, The MNIST database: the IDX file format.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "labels.gz"
        >>> size = path.write_bytes(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4])))
        >>> read_idx(path)
        tensor([5, 0, 4], dtype=torch.uint8)

    In production: torchvision.datasets.MNIST.
    """
    try:
        content = gzip.decompress(path.read_bytes())
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged ({error}): delete it and load again") from error
    if len(content) < 4 or content[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path} is not an IDX file of bytes: it begins with {content[:4]!r}")
    axes = content[3]
    start = 4 + 4 * axes
    shape = struct.unpack(f">{axes}I", content[4:start].ljust(4 * axes, b"\x00"))
    if len(content) - start != math.prod(shape):
        raise ValueError(
            f"{path} announces shape {shape}, {math.prod(shape)} bytes, but holds "
            f"{max(len(content) - start, 0)}: delete it and load again"
        )
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy())


def read_cifar10(path: Path) -> tuple[UInt8[Tensor, "n c h w"], Int[Tensor, " n"], int]:
    """Read the binary version of CIFAR-10: a tar of records of a label and 3 x 32 x 32 bytes.

    Args:
        path: the archive `cifar-10-binary.tar.gz`.

    Returns:
        The images and labels of the training batches, then those of the test batch, and how many
        of them are for training.

    Raises:
        ValueError: the archive is damaged, cut short, or lacks a batch.

    Source: Krizhevsky (2009), https://www.cs.toronto.edu/~kriz/cifar.html: binary version.

    Example: see the tests, which write a small one.

    In production: torchvision.datasets.CIFAR10.
    """
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]
    batches = {}
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                file = archive.extractfile(member)
                if file is not None:
                    batches[Path(member.name).name] = file.read()
        records = [np.frombuffer(batches[name], np.uint8).reshape(-1, 3073) for name in names]
    except (KeyError, EOFError, ValueError, OSError, tarfile.TarError, zlib.error) as error:
        raise ValueError(
            f"{path} is not a complete CIFAR-10 archive ({error}): delete it and load again"
        ) from error
    values = torch.from_numpy(np.concatenate(records))
    images = values[:, 1:].reshape(-1, 3, 32, 32)
    return images, values[:, 0].long(), sum(len(r) for r in records[:-1])


def _require_full(name: str) -> None:
    if os.environ.get(FULL_VARIABLE) != "1":
        raise RuntimeError(
            f"{name} is downloaded into {cache_directory()}: set {FULL_VARIABLE}=1 to allow it, or "
            "use load_digits(), which needs no network"
        )


def _splits(
    images: UInt8[Tensor, "n ..."],
    y: Int[Tensor, " n"],
    training: int,
    provenance: Provenance,
    classes: tuple[str, ...],
    generator: torch.Generator | None,
) -> Splits:
    """The published test part, and a validation part split off the published training part."""
    X = _pixels(images)
    held_out = (5 / 6, 1 / 6, 0.0)
    train, validation, _ = split_examples(
        X[:training], y[:training], held_out, stratify=True, generator=generator
    )
    test = Examples(X[training:], y[training:])
    return Splits(train, validation, test, classes, tuple(images.shape[1:]), provenance)


def _pixels(images: UInt8[Tensor, "n ..."]) -> Float[Tensor, "n d"]:
    return images.flatten(1).float() / 255


def _load_idx(
    provenance: Provenance,
    url: str,
    files: dict[str, str],
    classes: tuple[str, ...],
    generator: torch.Generator | None,
) -> Splits:
    _require_full(provenance.name)
    folder = cache_directory() / provenance.name.lower()
    arrays = [
        read_idx(download(f"{url}{name}.gz", sha256, folder=folder))
        for name, sha256 in files.items()
    ]
    X_train, y_train, X_test, y_test = arrays
    if len(X_train) != len(y_train) or len(X_test) != len(y_test):
        raise ValueError(f"{provenance.name}: images and labels differ in number in {folder}")
    images, y = torch.cat([X_train, X_test]), torch.cat([y_train, y_test]).long()
    return _splits(images, y, len(X_train), provenance, classes, generator)


def load_mnist(*, generator: torch.Generator | None = None) -> Splits:
    """MNIST: 28 x 28 handwritten digits, downloaded (12 MB) when `DLCORE_FULL=1`.

    URL and checksums are unverified here: this library is built without access to the internet.

    Args:
        generator: source of the split of the 60000; by default the same split each time.

    Returns:
        Splits of 50000, 10000 and the published 10000 images: X of shape (n, 784) in [0, 1].

    Raises:
        RuntimeError: `DLCORE_FULL` is not 1.
        DownloadError: the files cannot be fetched.

    Source: LeCun, Bottou, Bengio, Haffner (1998), doi:10.1109/5.726791.

    Example: `DLCORE_FULL=1 python -c "import dlcore.data; dlcore.data.load_mnist()"`.

    In production: torchvision.datasets.MNIST.
    """
    classes = tuple(str(k) for k in range(10))
    return _load_idx(MNIST, MNIST_URL, MNIST_FILES, classes, generator)


def load_fashion_mnist(*, generator: torch.Generator | None = None) -> Splits:
    """Fashion-MNIST: 28 x 28 pictures of clothes, downloaded (31 MB) when `DLCORE_FULL=1`.

    URL and checksums are unverified here: this library is built without access to the internet.

    Args:
        generator: source of the split of the 60000; by default the same split each time.

    Returns:
        Splits of 50000, 10000 and the published 10000 images: X of shape (n, 784) in [0, 1].

    Raises:
        RuntimeError: `DLCORE_FULL` is not 1.
        DownloadError: the files cannot be fetched.

    Source: Xiao, Rasul, Vollgraf (2017), arXiv:1708.07747.

    Example: as `load_mnist`.

    In production: torchvision.datasets.FashionMNIST.
    """
    return _load_idx(FASHION, FASHION_URL, FASHION_FILES, FASHION_CLASSES, generator)


def load_cifar10(*, generator: torch.Generator | None = None) -> Splits:
    """CIFAR-10: 32 x 32 colour photographs, downloaded (170 MB) when `DLCORE_FULL=1`.

    URL and checksum are unverified here: this library is built without access to the internet.

    Args:
        generator: source of the split of the 50000; by default the same split each time.

    Returns:
        Splits of 41667, 8333 and the published 10000 images: X of shape (n, 3072) in [0, 1],
        image_shape (3, 32, 32).

    Raises:
        RuntimeError: `DLCORE_FULL` is not 1.
        DownloadError: the archive cannot be fetched.

    Source: Krizhevsky (2009), Learning multiple layers of features from tiny images.

    Example: as `load_mnist`.

    In production: torchvision.datasets.CIFAR10.
    """
    _require_full(CIFAR.name)
    path = download(CIFAR_URL, CIFAR_SHA256, folder=cache_directory() / "cifar-10")
    return _splits(*read_cifar10(path), CIFAR, CIFAR_CLASSES, generator)
