"""Voices: statistics of torch, clusters of SciPy, errors over all namings."""

import itertools

import pytest
import scipy.cluster.hierarchy
import torch
from torch.nn import functional as F

from dlcore.applications import (
    DiarizationError,
    SpeakerEncoder,
    StatisticsPooling,
    diarization_error_rate,
    diarize,
)
from tests.parity import assert_close


@pytest.mark.reference("torch.std_mean", of="dlcore.applications.StatisticsPooling")
def test_statistics(generator):
    x = torch.randn(3, 5, 17, generator=generator, dtype=torch.float64)
    std, mean = torch.std_mean(x, -1, correction=0)
    assert_close(StatisticsPooling(eps=0.0)(x), torch.cat([mean, std], 1))
    silence = torch.zeros(1, 2, 4, requires_grad=True)
    StatisticsPooling()(silence).sum().backward()
    assert silence.grad.isfinite().all()


@pytest.mark.reference("torch.nn.functional.conv1d", of="dlcore.applications.SpeakerEncoder")
def test_the_encoder_layer_by_layer(generator):
    torch.manual_seed(0)
    model = SpeakerEncoder(4, 6, channels=5).eval()
    x = torch.randn(2, 4, 21, generator=generator)
    h = x
    for at, padding, dilation in ((0, 2, 1), (3, 2, 2), (6, 3, 3)):
        conv, norm = model.frames[at], model.frames[at + 1]
        h = F.conv1d(h, conv.weight, conv.bias, padding=padding, dilation=dilation)
        h = F.batch_norm(h, norm.running_mean, norm.running_var, norm.weight, norm.bias).relu()
    pooled = torch.cat([h.mean(-1), (h.var(-1, correction=0) + 1e-5).sqrt()], 1)
    vectors = F.linear(pooled, *model.embedding.parameters())
    expected = vectors / vectors.norm(dim=1, keepdim=True)
    assert_close(model(x), expected, rtol=1e-4, atol=1e-5)


def in_order(labels) -> list[int]:
    names: dict[int, int] = {}
    return [names.setdefault(label, len(names)) for label in labels]


@pytest.mark.reference("scipy.cluster.hierarchy.linkage", of="dlcore.applications.diarize")
def test_groups_of_scipy(generator):
    voices = torch.randn(3, 6, generator=generator, dtype=torch.float64)
    who = torch.randint(3, (25,), generator=generator)
    pieces = voices[who] + 0.3 * torch.randn(25, 6, generator=generator, dtype=torch.float64)
    tree = scipy.cluster.hierarchy.linkage(pieces.numpy(), "average", metric="cosine")
    for groups in (1, 2, 3, 7):
        expected = scipy.cluster.hierarchy.fcluster(tree, groups, "maxclust")
        assert diarize(pieces, speakers=groups).tolist() == in_order(expected)
    expected = scipy.cluster.hierarchy.fcluster(tree, 0.4, "distance")
    assert diarize(pieces, threshold=0.4).tolist() == in_order(expected)
    assert diarize(pieces, speakers=3).tolist() == in_order(who.tolist())
    assert diarize(pieces[:1], threshold=0.4).tolist() == [0]


@pytest.mark.reference("all namings", of="dlcore.applications.diarization_error_rate")
@pytest.mark.reference("all namings", of="dlcore.applications.DiarizationError")
def test_errors_under_the_best_naming(generator):
    for _ in range(20):
        said = torch.randint(-1, 3, (12,), generator=generator)
        heard = torch.randint(-1, 3, (12,), generator=generator)
        said[0] = 0
        spoken = int((said >= 0).sum())
        both = (said >= 0) & (heard >= 0)
        best = min(
            int((torch.tensor([*names, -1])[heard] != said)[both].sum())
            for names in itertools.permutations(range(3))
        )
        missed = int(((said >= 0) & (heard < 0)).sum())
        alarms = int(((said < 0) & (heard >= 0)).sum())
        result = diarization_error_rate(said, 10 * heard + 9, silence=-1)
        assert isinstance(result, DiarizationError)
        assert_close(result.missed, missed / spoken)
        assert_close(result.false_alarm, alarms / spoken)
        assert_close(result.confusion, best / spoken)
        assert_close(result.rate, (missed + alarms + best) / spoken)
    nobody = torch.full((12,), -1)
    assert diarization_error_rate(said, nobody).rate == 1.0
    assert diarization_error_rate(torch.tensor([4, 7]), torch.tensor([7, 4])).rate == 0.0


@pytest.mark.bad_input
def test_what_does_not_fit():
    pieces, who = torch.ones(3, 2), torch.tensor([0, 1])
    for call, message in (
        (lambda: diarize(pieces), "either speakers or threshold"),
        (lambda: diarize(pieces, speakers=2, threshold=0.1), "either speakers or threshold"),
        (lambda: diarize(pieces, speakers=4), "1 to 3 speakers"),
        (lambda: diarize(0 * pieces, speakers=2), "no direction"),
        (lambda: diarization_error_rate(who, who[:1]), "2 frames in one, 1 in the other"),
        (lambda: diarization_error_rate(-torch.ones(2).long(), who), "nobody speaks"),
        (lambda: SpeakerEncoder(5)(torch.zeros(2, 4, 9)), r"shape \(n, 5, t\)"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
