"""Vector quantization against scipy.cluster and averages written out."""

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.cluster.vq import kmeans2, vq
from torch import nn

from dlcore.autoencoder import (
    VQVAE,
    Quantization,
    VectorQuantizer,
    VQOutput,
    codebook_perplexity,
    straight_through,
)
from tests.parity import assert_close, assert_parity


def draw(generator, *shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def book(generator, **options):
    quantizer = VectorQuantizer(7, 3, **options).double()
    quantizer.codebook.data = draw(generator, 7, 3)
    return quantizer


@pytest.mark.reference("torch.Tensor.detach", of="dlcore.autoencoder.straight_through")
def test_gradient_passes_by(generator):
    z = draw(generator, 5, 3)
    assert_parity(
        lambda z: straight_through(z, z.round()), lambda z: z + (z.round() - z).detach(), z
    )
    quantized = torch.ones(3, requires_grad=True)
    straight_through(torch.zeros(3, requires_grad=True), quantized).sum().backward()
    assert quantized.grad is None
    # the numbers are those of the quantized vector to the last bit
    assert torch.equal(
        straight_through(torch.tensor([1e8]), torch.tensor([0.1])), torch.tensor([0.1])
    )


@pytest.mark.reference("scipy.stats.entropy", of="dlcore.autoencoder.codebook_perplexity")
def test_perplexity_against_scipy(generator):
    indices = torch.randint(0, 5, (11, 3), generator=generator)
    counts = np.bincount(indices.numpy().ravel(), minlength=9)
    assert_close(codebook_perplexity(indices, 9), np.exp(stats.entropy(counts)))
    assert codebook_perplexity(torch.arange(9), 9).item() == pytest.approx(9)
    assert codebook_perplexity(torch.full((4,), 2), 9).item() == 1


@pytest.mark.reference("scipy.cluster.vq.vq", of="dlcore.autoencoder.VectorQuantizer")
@pytest.mark.reference("scipy.cluster.vq.vq", of="dlcore.autoencoder.Quantization")
def test_nearest_entries_against_scipy(generator):
    quantizer = book(generator)
    z = draw(generator, 5, 11, 3)
    out = quantizer(z)
    assert isinstance(out, Quantization)
    indices, _ = vq(z.reshape(-1, 3).numpy(), quantizer.codebook.detach().numpy())
    assert_close(out.indices.flatten(), indices.astype(np.int64))
    assert_close(out.codes.detach(), quantizer.codebook.detach()[out.indices])
    assert_close(out.perplexity, codebook_perplexity(out.indices, 7))


def test_losses_and_gradients_written_out(generator):
    quantizer = book(generator, commitment=0.3)
    z = draw(generator, 5, 11, 3).requires_grad_()
    out = quantizer(z)
    entries = quantizer.codebook.detach()[out.indices]
    distance = (z.detach() - entries).square().sum() / 5
    assert_close(out.loss, 1.3 * distance)
    weights = draw(generator, 5, 11, 3)
    (out.loss + (weights * out.codes).sum()).backward()
    assert_close(z.grad, 0.3 * 2 * (z.detach() - entries) / 5 + weights)
    expected = torch.zeros(7, 3, dtype=torch.float64).index_add_(
        0, out.indices.flatten(), 2 * (entries - z.detach()).reshape(-1, 3) / 5
    )
    assert_close(quantizer.codebook.grad, expected)


def test_moving_averages_written_out(generator):
    quantizer = book(generator, decay=0.9)
    assert not list(quantizer.parameters())
    entries = quantizer.codebook.numpy().copy()
    counts, sums = np.ones(7), entries.copy()
    for _ in range(3):
        z = draw(generator, 20, 3)
        out = quantizer(z)
        chosen, _ = vq(z.numpy(), entries)
        assert (out.indices.numpy() == chosen).all()
        for j in range(7):
            counts[j] = 0.9 * counts[j] + 0.1 * (chosen == j).sum()
            sums[j] = 0.9 * sums[j] + 0.1 * z.numpy()[chosen == j].sum(0)
        entries = sums / counts[:, None]
        assert_close(quantizer.codebook, entries)
        assert_close(quantizer.usage, counts)


def test_without_memory_a_step_is_one_of_k_means(generator):
    quantizer = book(generator, decay=0.0)
    z = draw(generator, 60, 3)
    expected, _ = kmeans2(z.numpy(), quantizer.codebook.numpy(), iter=1, minit="matrix")
    quantizer(z)
    assert_close(quantizer.codebook, expected)


def test_nothing_moves_in_evaluation(generator):
    quantizer = book(generator, decay=0.5).eval()
    before = {name: value.clone() for name, value in quantizer.state_dict().items()}
    quantizer(draw(generator, 20, 3))
    assert all(torch.equal(value, before[name]) for name, value in quantizer.state_dict().items())


@pytest.mark.parametrize("decay", [None, 0.5])
def test_unused_entries_restart(generator, decay):
    quantizer = book(generator, decay=decay)
    quantizer.codebook.data[2:] = 1e3
    z = draw(generator, 20, 3)
    for _ in range(80):
        quantizer(z)
    kept = quantizer.codebook.detach()[:2].clone()
    assert quantizer.restart_unused_(z, generator=generator) == 5
    assert torch.equal(quantizer.codebook[:2], kept)
    moved = quantizer.codebook[2:].detach()
    assert (moved[:, None] == z).all(2).any(1).all()
    assert (quantizer.usage[2:] == 1).all()
    assert quantizer.restart_unused_(z, generator=generator) == 0


@pytest.mark.reference("its parts one after the other", of="dlcore.autoencoder.VQVAE")
@pytest.mark.reference("its parts one after the other", of="dlcore.autoencoder.VQOutput")
def test_the_whole_model_part_by_part(generator):
    torch.manual_seed(0)
    encoder, decoder = nn.Conv2d(1, 3, 2, 2), nn.ConvTranspose2d(3, 1, 2, 2)
    model = VQVAE(encoder.double(), decoder.double(), book(generator))
    x = draw(generator, 5, 1, 4, 6)
    out = model(x)
    assert isinstance(out, VQOutput)
    z = encoder(x).permute(0, 2, 3, 1)
    indices, _ = vq(z.detach().reshape(-1, 3).numpy(), model.quantizer.codebook.detach().numpy())
    assert_close(out.indices.flatten(), indices.astype(np.int64))
    assert torch.equal(model.encode(x), out.indices)
    assert out.indices.shape == (5, 2, 3)
    entries = model.quantizer.codebook.detach()[out.indices]
    assert_close(out.reconstruction, decoder(entries.permute(0, 3, 1, 2)))
    assert_close(model.decode(out.indices), out.reconstruction)
    expected = ((x - out.reconstruction) ** 2).sum() / 5 + 1.25 * ((z - entries) ** 2).sum() / 5
    assert_close(out.loss, expected)
    out.loss.backward()
    assert encoder.weight.grad.any()
    assert decoder.weight.grad.any()


def test_vectors_as_codes(generator):
    torch.manual_seed(0)
    model = VQVAE(nn.Linear(5, 3), nn.Linear(3, 5), VectorQuantizer(7, 3))
    x = torch.randn(11, 5, generator=generator)
    assert model(x).indices.shape == (11,)
    assert model.decode(model.encode(x)).shape == x.shape


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: straight_through(torch.ones(2), torch.ones(3)), r"\(2,\) and \(3,\)"),
        (lambda: codebook_perplexity(torch.tensor([4]), 4), "from 4 to 4"),
        (lambda: codebook_perplexity(torch.tensor([], dtype=torch.long), 4), "got 0 of them"),
        (lambda: VectorQuantizer(0, 2), "got 0, 2, 0.25"),
        (lambda: VectorQuantizer(4, 2, decay=1.0), "got 1.0"),
        (lambda: VectorQuantizer(4, 2)(torch.ones(3, 5)), r"2 entries, got shape \(3, 5\)"),
        (
            lambda: VQVAE(nn.Linear(5, 2), nn.Linear(2, 4), VectorQuantizer(4, 2))(
                torch.ones(3, 5)
            ),
            r"made \(3, 4\) of \(3, 5\)",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
