"""Bits and errors against Shannon by hand, high-rate theory, Pillow and scikit-image."""

import io
import math
from collections import Counter

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats
from skimage.metrics import peak_signal_noise_ratio

from dlcore.autoencoder import (
    entropy_bits,
    jpeg_rate_distortion,
    quantize,
    rate_distortion_curve,
)
from dlcore.data import load_digits
from dlcore.probability import ArithmeticCoder
from tests.parity import assert_close


@pytest.mark.reference("numpy.rint", of="dlcore.autoencoder.quantize")
def test_quantize_against_numpy(generator):
    x = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    symbols = quantize(x, 0.25)
    assert_close(symbols, np.rint(x.numpy() / 0.25).astype(np.int64))
    assert (symbols * 0.25 - x).abs().max() <= 0.125


@pytest.mark.reference("scipy.stats.entropy", of="dlcore.autoencoder.entropy_bits")
def test_entropy_against_scipy(generator):
    symbols = quantize(3 * torch.randn(50, 3, generator=generator), 1.0)
    columns = [np.unique(c, return_counts=True)[1] for c in symbols.T.numpy()]
    expected = sum(stats.entropy(counts, base=2) for counts in columns)
    assert entropy_bits(symbols) == pytest.approx(expected)


def test_code_length_counted_by_hand(generator):
    reference = torch.tensor([[0, 4], [0, 4], [3, 5], [1, 4]])
    symbols = torch.tensor([[0, 4], [2, 9]])
    first = Counter({0: 2.5, 1: 1.5, 2: 0.5, 3: 1.5})
    second = Counter({4: 3.5, 5: 1.5})
    lengths = [
        math.log2(6.5 / first[0]),
        math.log2(5.5 / second[4]),
        math.log2(6.5 / first[2]),
        math.log2(5.5 / 0.5) + 16,
    ]
    assert entropy_bits(symbols, reference=reference) == pytest.approx(sum(lengths) / 2)


def test_an_arithmetic_coder_reaches_the_code_length(generator):
    seen, sent = (quantize(3 * torch.randn(n, 1, generator=generator), 1.0) for n in (2000, 300))
    low = int(seen.min())
    sent = sent.clamp(low, int(seen.max()))
    frequencies = 2 * torch.bincount((seen - low).flatten()) + 1
    escape = torch.ones(1, dtype=torch.long)
    coder = ArithmeticCoder(torch.cat([frequencies, escape]))
    written = len(coder.encode((sent - low).flatten().tolist()))
    assert written == pytest.approx(300 * entropy_bits(sent, reference=seen), abs=3)


# at a small step the error is that of uniform noise and the rate h(x) - log2(step)
@pytest.mark.reference(
    "high-rate theory of a Gaussian source", of="dlcore.autoencoder.rate_distortion_curve"
)
@pytest.mark.reference("scipy.stats.norm.entropy", of="dlcore.autoencoder.RateDistortion")
def test_a_gaussian_source(generator):
    x = torch.randn(20_000, 2, generator=generator, dtype=torch.float64)
    steps = [0.5, 0.25]
    curve = rate_distortion_curve(lambda x: x, lambda z: z, x[:10_000], x[10_000:], steps)
    for i, step in enumerate(steps):
        rate = 2 * (stats.norm.entropy() / math.log(2) - math.log2(step))
        assert curve.bits[i].item() == pytest.approx(rate, abs=0.05)
        assert curve.mse[i].item() == pytest.approx(step**2 / 12, rel=0.03)
        assert curve.psnr[i].item() == pytest.approx(-10 * math.log10(curve.mse[i]))


@pytest.mark.reference("PIL.Image.Image.save", of="dlcore.autoencoder.jpeg_rate_distortion")
def test_jpeg_against_a_file_by_hand():
    images = load_digits().train[0][:4].reshape(4, 8, 8)
    curve = jpeg_rate_distortion(images, qualities=[20, 90])
    grey = (255 * images.numpy()).round().astype(np.uint8)
    mosaic = np.block([[grey[0], grey[1]], [grey[2], grey[3]]])
    original = np.block([[*images[:2].numpy()], [*images[2:].numpy()]])
    for i, quality in enumerate([20, 90]):
        file = io.BytesIO()
        Image.fromarray(mosaic).save(file, format="JPEG", quality=quality, optimize=True)
        assert curve.bits[i].item() == 8 * file.tell() / 4
        read = np.asarray(Image.open(file)) / 255
        expected = peak_signal_noise_ratio(original.astype(float), read, data_range=1)
        assert curve.psnr[i].item() == pytest.approx(expected, abs=1e-3)


def test_an_unfilled_mosaic(generator):
    images = torch.rand(7, 8, 16, generator=generator)
    curve = jpeg_rate_distortion(images)
    assert (curve.bits.diff() > 0).all()
    assert (curve.psnr.diff() > 0).all()
    assert curve.psnr[-1] > 30


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantize(torch.ones(2), 0.0), "got step 0.0"),
        (lambda: quantize(torch.tensor([float("nan")]), 1.0), "finite"),
        (lambda: entropy_bits(torch.ones(3, dtype=torch.long)), r"got \(3,\)"),
        (
            lambda: entropy_bits(
                torch.ones(3, 2, dtype=torch.long), reference=torch.ones(3, 1, dtype=torch.long)
            ),
            r"2 dimensions, got \(3, 1\)",
        ),
        (
            lambda: rate_distortion_curve(
                lambda x: x, lambda z: z, torch.ones(2, 2), torch.ones(2, 2), []
            ),
            "at least one step",
        ),
        (
            lambda: rate_distortion_curve(
                lambda x: x, lambda z: z[:1], torch.ones(2, 2), torch.ones(2, 2), [1.0]
            ),
            r"made \(1, 2\) of \(2, 2\)",
        ),
        (lambda: jpeg_rate_distortion(torch.full((2, 8, 8), 2.0)), r"\[0, 1\]"),
        (lambda: jpeg_rate_distortion(torch.ones(2, 8, 8), qualities=[0]), r"got \[0\]"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
