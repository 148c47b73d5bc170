"""DNA against scikit-learn's encoder, SciPy's binomial and a scan of every place by hand."""

import numpy as np
import pytest
import scipy.stats
import torch
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OneHotEncoder

from dlcore.applications import (
    MotifCNN,
    genotype_posterior,
    one_hot_dna,
    plant_motif,
    reverse_complement,
)
from tests.parity import assert_close


@pytest.mark.reference("sklearn.preprocessing.OneHotEncoder", of="dlcore.applications.one_hot_dna")
def test_one_hot():
    text = "GATTACACCG"
    theirs = OneHotEncoder(sparse_output=False).fit_transform(np.array(list(text))[:, None])
    assert_close(one_hot_dna(text), theirs.T)
    assert one_hot_dna([text, text[::-1]]).shape == (2, 4, 10)
    assert_close(one_hot_dna("AN")[:, 1], torch.full((4,), 0.25))


@pytest.mark.reference("base by base", of="dlcore.applications.reverse_complement")
def test_the_other_strand():
    partner = {"A": "T", "T": "A", "C": "G", "G": "C", "N": "N"}
    for text in ("GATTACA", "ACGTN", "A"):
        assert reverse_complement(text) == "".join(partner[b] for b in reversed(text))
        assert_close(reverse_complement(one_hot_dna(text)), one_hot_dna(reverse_complement(text)))
    batch = one_hot_dna(["GATT", "ACGN"])
    assert torch.equal(reverse_complement(reverse_complement(batch)), batch)


@pytest.mark.reference("scan of every place", of="dlcore.applications.MotifCNN")
def test_filters_look_everywhere_on_both_strands(generator):
    torch.manual_seed(0)
    model, text = MotifCNN(motifs=3, width=4), "GATTACACCGTTAG"
    weight, bias = model.filters.weight.detach(), model.filters.bias.detach()
    best = torch.zeros(3)
    for strand in (text, reverse_complement(text)):
        for i in range(len(text) - 3):
            window = one_hot_dna(strand[i : i + 4])
            best = torch.maximum(best, (weight * window).sum((1, 2)) + bias)
    x = one_hot_dna([text, reverse_complement(text)])
    assert_close(model.matches(x), torch.stack([best, best]), rtol=1e-4, atol=1e-6)
    assert_close(model(x)[0], (model.head.weight @ best + model.head.bias)[0], rtol=1e-4)
    assert_close(model(x)[1], model(x)[0], rtol=1e-5)


@pytest.mark.reference("count of the motif", of="dlcore.applications.plant_motif")
@pytest.mark.reference("sklearn.metrics.roc_auc_score", of="dlcore.applications.MotifCNN")
def test_a_filter_set_to_the_planted_motif_finds_it(generator):
    sequences, y = plant_motif(400, 40, "TGACGTCA", mutation=0.0, generator=generator)
    assert 150 < int(y.sum()) < 250
    held = torch.tensor(["TGACGTCA" in s for s in sequences]).long()
    assert torch.equal(held, y)
    sequences, y = plant_motif(400, 40, "TTGACC", mutation=0.1, generator=generator)
    model = MotifCNN(motifs=1, width=6)
    with torch.no_grad():
        model.filters.weight.copy_(one_hot_dna("TTGACC")[None])
        model.filters.bias.zero_()
        model.head.weight.fill_(1.0)
        assert roc_auc_score(y, model(one_hot_dna(sequences))) > 0.85


@pytest.mark.reference("scipy.stats.binom", of="dlcore.applications.genotype_posterior")
def test_genotypes_of_scipy():
    k, n = torch.tensor([0, 9, 1, 20, 0]), torch.tensor([20, 20, 4, 20, 0])
    for error, prior in ((0.01, (0.998, 0.0015, 0.0005)), (0.2, (0.5, 0.3, 0.2))):
        likelihood = np.stack(
            [scipy.stats.binom.pmf(k, n, p) for p in (error, 0.5, 1 - error)], axis=1
        )
        joint = likelihood * np.array(prior)
        expected = joint / joint.sum(1, keepdims=True)
        assert_close(genotype_posterior(k, n, error=error, prior=prior), expected, atol=1e-12)
    certain = genotype_posterior(9, 20)
    assert certain[1] > 0.999
    assert 5e-10 < float(certain[0]) < 7e-10


@pytest.mark.bad_input
def test_what_does_not_fit():
    for call, message in (
        (lambda: one_hot_dna("GAXTU"), "got U, X"),
        (lambda: one_hot_dna(["GA", "G"]), "of one length"),
        (lambda: one_hot_dna(""), "at least 1 base"),
        (lambda: reverse_complement("GAU"), "got U"),
        (lambda: reverse_complement(torch.zeros(3, 5)), r"expected shape \(\.\.\., 4, t\)"),
        (lambda: MotifCNN(width=8)(torch.zeros(1, 4, 7)), "t >= 8"),
        (lambda: genotype_posterior(3, 2), "cannot be read more often"),
        (lambda: genotype_posterior(1, 2, error=0.0), "0 < error < 1"),
        (lambda: genotype_posterior(1, 2, prior=(0.5, 0.5, 0.5)), "3 shares for prior"),
        (lambda: plant_motif(2, 5, "TTGACC"), "within 5 bases"),
        (lambda: plant_motif(2, 5, "TN"), "motif of A, C, G, T"),
        (lambda: plant_motif(2, 5, "TG", mutation=1.5), "motif"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
