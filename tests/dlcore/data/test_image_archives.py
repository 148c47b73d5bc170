"""MNIST, Fashion-MNIST and CIFAR-10 from miniatures in their own file formats, over loopback."""

import gzip
import hashlib
import io
import struct
import tarfile

import numpy as np
import pytest
import torch

from dlcore.data import (
    DownloadError,
    image_archives,
    load_cifar10,
    load_fashion_mnist,
    load_mnist,
    read_cifar10,
    read_idx,
)
from tests.loopback import serve
from tests.parity import assert_close

RNG = np.random.default_rng(0)


def idx(array):
    """The bytes of an array in the IDX format, gzipped."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes())


def images_and_labels(n, *shape):
    return RNG.integers(0, 256, (n, *shape)), np.arange(n) % 10


def mnist_files():
    X, y = images_and_labels(60, 5, 7)
    Z, t = images_and_labels(11, 5, 7)
    parts = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    return {f"{p}-ubyte.gz": a for p, a in zip(parts, (X, y, Z, t), strict=True)}


def cifar_file(batches):
    """A gzipped tar with the folder and the file names of the original."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in batches.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def cifar_batches(n):
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]
    X, y = images_and_labels(6 * n, 3072)
    records = np.column_stack([y, X]).astype(np.uint8)
    batches = {f: records[k * n : (k + 1) * n].tobytes() for k, f in enumerate(names)}
    return {**batches, "batches.meta.txt": b"airplane\n"}, X, y


@pytest.fixture(autouse=True)
def full(monkeypatch, tmp_path):
    monkeypatch.setenv("DLCORE_FULL", "1")
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")


def check_idx_loader(load, monkeypatch, constants):
    arrays = mnist_files()
    bodies = {name: idx(array) for name, array in arrays.items()}
    sums = {n.removesuffix(".gz"): hashlib.sha256(b).hexdigest() for n, b in bodies.items()}
    with serve(bodies) as site:
        monkeypatch.setattr(image_archives, f"{constants}_URL", site.url)
        monkeypatch.setattr(image_archives, f"{constants}_FILES", sums)
        splits = load()
        requests = len(site.requests)
        assert torch.equal(load().train.X, splits.train.X)
        assert len(site.requests) == requests == 4
    X, _, Z, t = arrays.values()
    assert_close(splits.test.X, Z.reshape(11, 35) / 255, rtol=1e-6)
    assert_close(splits.test.y, t)
    assert splits.train.y.bincount().tolist() == [5] * 10
    assert splits.validation.y.bincount().tolist() == [1] * 10
    together = torch.cat([splits.train.X, splits.validation.X]).double().sum(dim=0)
    assert_close(together, X.reshape(60, 35).sum(axis=0) / 255, rtol=1e-6)
    assert splits.image_shape == (5, 7)
    return splits


@pytest.mark.reference("numpy.frombuffer", of="dlcore.data.load_mnist")
def test_mnist(monkeypatch):
    assert check_idx_loader(load_mnist, monkeypatch, "MNIST").classes == tuple("0123456789")


@pytest.mark.reference("numpy.frombuffer", of="dlcore.data.load_fashion_mnist")
def test_fashion_mnist(monkeypatch):
    splits = check_idx_loader(load_fashion_mnist, monkeypatch, "FASHION")
    assert splits.classes[9] == "ankle boot"


@pytest.mark.reference("numpy.frombuffer", of="dlcore.data.load_cifar10")
def test_cifar10(monkeypatch):
    batches, X, y = cifar_batches(12)
    body = cifar_file(batches)
    with serve({"cifar.tar.gz": body}) as site:
        monkeypatch.setattr(image_archives, "CIFAR_URL", f"{site.url}cifar.tar.gz")
        monkeypatch.setattr(image_archives, "CIFAR_SHA256", hashlib.sha256(body).hexdigest())
        splits = load_cifar10()
    assert [len(p.y) for p in (splits.train, splits.validation, splits.test)] == [50, 10, 12]
    assert_close(splits.test.X, X[60:] / 255, rtol=1e-6)
    assert_close(splits.test.y, y[60:])
    assert splits.image_shape == (3, 32, 32)
    assert splits.classes[6] == "frog"


@pytest.mark.reference("numpy.reshape", of="dlcore.data.read_cifar10")
def test_cifar10_pixels_are_channel_then_row_then_column(tmp_path):
    batches, X, _ = cifar_batches(2)
    path = tmp_path / "cifar.tar.gz"
    path.write_bytes(cifar_file(batches))
    images, labels, training = read_cifar10(path)
    assert (images.shape, labels.dtype, training) == ((12, 3, 32, 32), torch.int64, 10)
    assert images[7, 2, 5, 3] == X[7, 2 * 1024 + 5 * 32 + 3]


@pytest.mark.reference("struct.pack", of="dlcore.data.read_idx")
@pytest.mark.parametrize("shape", [(7,), (3, 5, 2), (0, 4)])
def test_idx_keeps_shape_and_values(tmp_path, shape):
    array = RNG.integers(0, 256, shape)
    path = tmp_path / "a.gz"
    path.write_bytes(idx(array))
    assert torch.equal(read_idx(path), torch.from_numpy(array).to(torch.uint8))


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (idx(np.arange(50))[:-9], "is damaged"),
        (b"hello", "is damaged"),
        (gzip.compress(b""), "not an IDX file"),
        (gzip.compress(b"\x00\x00\x0d\x01\x00\x00\x00\x01aaaa"), "not an IDX file"),
        (gzip.compress(b"\x00\x00\x08\x02\x00\x00\x00\x03\x00\x00\x00\x02abc"), "but holds 3"),
        (gzip.compress(b"\x00\x00\x08\x02\x00\x00"), "but holds 0"),
    ],
    ids=["truncated", "no gzip", "empty", "unknown type", "half an image", "half a header"],
)
def test_a_damaged_idx_file(tmp_path, content, message):
    path = tmp_path / "a.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_idx(path)


@pytest.mark.bad_input
def test_a_damaged_cifar_archive(tmp_path):
    batches, _, _ = cifar_batches(2)
    path = tmp_path / "cifar.tar.gz"
    whole = cifar_file(batches)
    lacking = cifar_file({k: v for k, v in batches.items() if k != "data_batch_3.bin"})
    short = cifar_file({**batches, "test_batch.bin": batches["test_batch.bin"][:-5]})
    for content in (whole[:-3000], lacking, short, b"hello"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"not a complete CIFAR-10 archive .* load again"):
            read_cifar10(path)


@pytest.mark.bad_input
@pytest.mark.parametrize("load", [load_mnist, load_fashion_mnist, load_cifar10])
def test_nothing_is_downloaded_unless_asked_for(load, monkeypatch):
    monkeypatch.delenv("DLCORE_FULL")
    with pytest.raises(RuntimeError, match=r"set DLCORE_FULL=1 to allow it, or use load_digits"):
        load()


@pytest.mark.bad_input
def test_a_file_replaced_at_its_source_is_not_used(monkeypatch):
    with serve({f"{n}.gz": idx(np.arange(3)) for n in image_archives.MNIST_FILES}) as site:
        monkeypatch.setattr(image_archives, "MNIST_URL", site.url)
        with pytest.raises(DownloadError, match="do not use this source"):
            load_mnist()
