"""Bethe's free energy, decoding and grids of pixels: enumeration, codewords, other inference."""

import itertools
import math

import numpy as np
import pytest
import torch

from dlcore.graphical import (
    Factor,
    IsingDenoiser,
    IsingModel,
    loopy_belief_propagation,
    marginals_bruteforce,
    sum_product,
)
from dlcore.inference import (
    DecodedWord,
    DenoisedImage,
    GridBeliefs,
    bethe_log_partition,
    bp_decode,
    denoise_image_mrf,
    grid_belief_propagation,
    hamming_parity_check,
    ldpc_parity_check,
)
from tests.parity import assert_close

F64 = torch.float64


def ising(n, edges, h):
    J = torch.zeros(n, n, dtype=F64)
    for i, j, value in edges:
        J[i, j] = J[j, i] = value
    return IsingModel(J, torch.tensor(h, dtype=F64))


TREE = ising(5, [(0, 1, 0.5), (1, 2, -0.7), (1, 3, 1.0), (3, 4, 0.8)], [0.3, -0.2, 0.5, 0.0, -0.4])
TRIANGLE = ising(3, [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0)], [0.3, 0.0, 0.0])


@pytest.mark.reference("enumeration", of="dlcore.inference.bethe_log_partition")
def test_bethe_is_exact_on_a_tree():
    exact = sum_product(TREE.factors)
    found = bethe_log_partition(TREE.factors, exact.marginals, exact.factor_marginals)
    spins = np.array(list(itertools.product([-1.0, 1.0], repeat=5)))
    J, h = TREE.J.numpy(), TREE.h.numpy()
    log_Z = np.log(np.exp((spins @ J * spins).sum(1) / 2 + spins @ h).sum())
    assert found.item() == pytest.approx(log_Z)
    assert found.item() == pytest.approx(4.853713, abs=1e-6)
    loopy = loopy_belief_propagation(TREE.factors, tol=1e-12)
    chances = [loopy.marginals[i][1].item() for i in range(5)]
    assert chances == pytest.approx([0.509518, 0.251228, 0.787315, 0.260785, 0.241418], abs=1e-6)
    assert len(loopy.changes) == 5


def test_bethe_on_a_triangle():
    loopy = loopy_belief_propagation(TRIANGLE.factors, steps=500, tol=1e-12)
    found = bethe_log_partition(TRIANGLE.factors, loopy.marginals, loopy.factor_marginals)
    assert found.item() == pytest.approx(3.483939, abs=1e-6)
    assert TRIANGLE.log_partition().item() == pytest.approx(3.790978, abs=1e-6)


def test_fixed_points_of_messages_are_stationary():
    """Move one pair's beliefs without its margins, and one margin with all that reads it."""
    loopy = loopy_belief_propagation(TRIANGLE.factors, steps=500, tol=1e-13)
    step = torch.zeros((), dtype=F64, requires_grad=True)
    checker = torch.tensor([[1.0, -1.0], [-1.0, 1.0]], dtype=F64)
    lean = torch.tensor([-1.0, 1.0], dtype=F64)

    def slope(margins, change):
        factors = [
            Factor.from_table(b.variables, b.table + step * change(b))
            for b in loopy.factor_marginals
        ]
        found = bethe_log_partition(TRIANGLE.factors, margins, factors)
        return torch.autograd.grad(found, step)[0].item()

    def without_its_margins(b):
        return checker if b.variables == (0, 1) else torch.zeros_like(b.table)

    pair = slope(loopy.marginals, without_its_margins)
    assert pair == pytest.approx(0, abs=1e-6)

    def with_its_readers(b):
        if 0 not in b.variables:
            return torch.zeros_like(b.table)
        shape = [2 if v == 0 else 1 for v in b.variables]
        return (lean.reshape(shape) / 2 ** (len(b.variables) - 1)).expand(b.table.shape)

    margins = {**loopy.marginals, 0: loopy.marginals[0] + step * lean}
    assert slope(margins, with_its_readers) == pytest.approx(0, abs=1e-6)


@pytest.mark.reference("closed form", of="dlcore.inference.hamming_parity_check")
@pytest.mark.parametrize("r", [2, 3, 4])
def test_hamming_checks(r):
    H = hamming_parity_check(r)
    assert H.shape == (r, 2**r - 1)
    assert (2 ** np.arange(r)) @ H.numpy() == pytest.approx(np.arange(1, 2**r))


@pytest.mark.reference("closed form", of="dlcore.inference.ldpc_parity_check")
def test_ldpc_checks(generator):
    H = ldpc_parity_check(30, 3, 5, generator=generator)
    assert H.shape == (18, 30)
    assert set(H.flatten().tolist()) == {0, 1}
    assert H.sum(0).tolist() == [3] * 30
    assert H.sum(1).tolist() == [5] * 18


def exhaustive(H, llr):
    """The posterior log-odds of each bit, over all codewords."""
    words = np.array(list(itertools.product([0, 1], repeat=H.shape[1])))
    words = words[(words @ H.T % 2 == 0).all(1)]
    weights = np.exp(-words @ llr)
    ones = weights @ words
    return np.log((weights.sum() - ones) / ones)


@pytest.mark.reference("enumeration", of="dlcore.inference.bp_decode")
@pytest.mark.reference("enumeration", of="dlcore.inference.DecodedWord")
def test_decoding_without_loops(generator):
    H = torch.tensor([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]])
    llr = 2 * torch.randn(6, 5, generator=generator, dtype=F64)
    found = bp_decode(H, llr, steps=10, stop=False)
    assert isinstance(found, DecodedWord)
    for word, expected in zip(llr, found.llr, strict=True):
        assert_close(expected, exhaustive(H.numpy(), word.numpy()), rtol=1e-6)
    assert torch.equal(found.bits, (found.llr < 0).long())
    assert torch.equal(found.is_codeword, (found.bits @ H.T % 2 == 0).all(1))


def test_hamming_words_with_one_error():
    H = hamming_parity_check()
    strength = math.log(9)
    llr = torch.full((8, 7), strength, dtype=F64)
    llr[1:] -= 2 * strength * torch.eye(7, dtype=F64)
    belief = 1 / (1 + np.exp(exhaustive(H.numpy(), llr[1].numpy())))
    assert belief[0] == pytest.approx(0.276, abs=5e-4)
    for steps in (5, 200):
        found = bp_decode(H, llr, steps=steps, stop=False)
        # bits 1, 2 and 4 are in one check only and stay wrong
        assert found.bits.sum(1).tolist() == [0, 1, 1, 0, 1, 0, 0, 0]
        if steps == 200:
            wrong = (1 - found.llr[1:].sigmoid()).diagonal()[[0, 1, 3]]
            assert_close(wrong, torch.full((3,), 0.585, dtype=F64), atol=5e-4)
    for word in llr:
        assert (exhaustive(H.numpy(), word.numpy()) > 0).all()


def test_long_sparse_code_corrects_what_uncoded_bits_keep(generator):
    H = ldpc_parity_check(240, generator=generator)
    flipped = torch.rand(20, 240, generator=generator) < 0.04
    llr = math.log(0.96 / 0.04) * torch.where(flipped, -1.0, 1.0)
    found = bp_decode(H, llr)
    assert (found.bits.sum(1) == 0).sum() >= 18
    assert found.is_codeword.sum() >= 18
    assert flipped.any(1).all()
    alone = bp_decode(H, llr[3])
    assert_close(alone.llr, found.llr[3], rtol=1e-4, atol=1e-4)
    assert alone.rounds == found.rounds[3]


def grid_factors(unary, compatibility):
    """The same field for one image as tables of factors."""
    _, h, w = unary.shape
    factors = [Factor([(r, c)], unary[:, r, c]) for r in range(h) for c in range(w)]
    pairs = [((r, c), (r + 1, c)) for r in range(h - 1) for c in range(w)]
    pairs += [((r, c), (r, c + 1)) for r in range(h) for c in range(w - 1)]
    return factors + [Factor(pair, compatibility) for pair in pairs]


@pytest.mark.reference("enumeration", of="dlcore.inference.grid_belief_propagation")
@pytest.mark.reference("enumeration", of="dlcore.inference.GridBeliefs")
@pytest.mark.parametrize("shape", [(1, 5), (5, 1)])
def test_chains_of_pixels_are_exact(generator, shape):
    unary = torch.randn(2, 3, *shape, generator=generator, dtype=F64)
    compatibility = torch.randn(3, 3, generator=generator, dtype=F64)
    compatibility = compatibility + compatibility.mT
    found = grid_belief_propagation(unary, compatibility, tol=1e-10)
    best = grid_belief_propagation(unary, compatibility, mode="max", tol=1e-10)
    assert isinstance(found, GridBeliefs)
    assert found.converged
    for image, marginals, labels in zip(unary, found.marginals, best.labels, strict=True):
        factors = grid_factors(image, compatibility)
        exact = marginals_bruteforce(factors)
        for (r, c), p in exact.items():
            assert_close(marginals[:, r, c], p, rtol=1e-7)
        states = torch.tensor(list(itertools.product(range(3), repeat=5)))
        chain = image.reshape(3, 5)
        scores = sum(chain[states[:, i], i] for i in range(5))
        scores = scores + sum(compatibility[states[:, i], states[:, i + 1]] for i in range(4))
        assert torch.equal(labels.flatten(), states[scores.argmax()])


def test_grid_like_general_messages(generator):
    unary = torch.randn(1, 2, 3, 3, generator=generator, dtype=F64)
    compatibility = 0.4 * torch.eye(2, dtype=F64)
    found = grid_belief_propagation(unary, compatibility, steps=300, tol=1e-10)
    loopy = loopy_belief_propagation(grid_factors(unary[0], compatibility), steps=300, tol=1e-12)
    for (r, c), p in loopy.marginals.items():
        assert_close(found.marginals[0, :, r, c], p, rtol=1e-6)


@pytest.mark.reference("networkx.minimum_cut", of="dlcore.inference.denoise_image_mrf")
@pytest.mark.reference("networkx.minimum_cut", of="dlcore.inference.DenoisedImage")
def test_denoising(generator):
    clean = torch.zeros(16, 16, dtype=torch.long)
    clean[4:12, 3:13] = 1
    flips = torch.rand(16, 16, generator=generator) < 0.1
    noisy = clean ^ flips.long()
    exact = denoise_image_mrf(noisy, method="minimum_cut")
    assert isinstance(exact, DenoisedImage)
    assert exact.noisy_energy == pytest.approx(IsingDenoiser(1.0, 0.1).energy(noisy, noisy))
    for method in ("loopy", "max_product", "mean_field", "icm"):
        found = denoise_image_mrf(noisy, method=method)
        assert exact.energy - 1e-4 <= found.energy < found.noisy_energy
        assert (found.labels != clean).sum() < flips.sum() / 2
        assert (found.probabilities is None) == (method in ("max_product", "icm"))


@pytest.mark.bad_input
def test_bad_input():
    good = sum_product(TREE.factors)
    with pytest.raises(ValueError, match="joint beliefs"):
        bethe_log_partition(TREE.factors, good.marginals, [])
    wrong = {**good.marginals, 0: torch.tensor([0.9, 0.1], dtype=F64)}
    with pytest.raises(ValueError, match="do not agree"):
        bethe_log_partition(TREE.factors, wrong, good.factor_marginals)
    with pytest.raises(ValueError, match="for a factor of"):
        bethe_log_partition(TREE.factors, good.marginals, good.factor_marginals[::-1])
    with pytest.raises(ValueError, match="r >= 2"):
        hamming_parity_check(1)
    for arguments in ((10, 3, 6), (12, 6, 6), (4, 3, 6)):
        with pytest.raises(ValueError, match="multiple of row_weight"):
            ldpc_parity_check(*arguments)
    H = hamming_parity_check()
    for checks, llr in ((H, torch.zeros(6)), (2 * H, torch.zeros(7))):
        with pytest.raises(ValueError, match="of 0 and 1 and llr"):
            bp_decode(checks, llr)
    with pytest.raises(ValueError, match="steps >= 1"):
        bp_decode(H, torch.zeros(7), steps=0)
    unary = torch.zeros(1, 2, 3, 3)
    for compatibility in (torch.eye(3), torch.tensor([[0.0, 1.0], [0.0, 0.0]])):
        with pytest.raises(ValueError, match="symmetric compatibility"):
            grid_belief_propagation(unary, compatibility)
    for kwargs in ({"mode": "mean"}, {"damping": 1.0}, {"steps": 0}):
        with pytest.raises(ValueError, match="expected mode"):
            grid_belief_propagation(unary, torch.eye(2), **kwargs)
    with pytest.raises(ValueError, match="unknown method"):
        denoise_image_mrf(torch.zeros(3, 3).long(), method="median")
    with pytest.raises(ValueError, match="image of 0 and 1"):
        denoise_image_mrf(torch.full((3, 3), 2))
