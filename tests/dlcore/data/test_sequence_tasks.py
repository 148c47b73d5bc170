"""Sequences made up for a purpose: what they promise, and what a baseline gets."""

import math

import pytest
import torch
from dateutil import parser
from torch.nn import functional as F

from dlcore import data


@pytest.mark.reference("baseline 1/6 for predicting 1", of="dlcore.data.make_adding_problem")
def test_adding(generator):
    X, y = data.make_adding_problem(20_000, 11, generator=generator)
    numbers, marks = X.unbind(-1)
    assert (marks[:, :5].sum(1) == 1).all()
    assert (marks[:, 5:].sum(1) == 1).all()
    assert torch.equal(marks, marks.bool().float())
    assert torch.allclose(y, numbers[marks.bool()].reshape(-1, 2).sum(1))
    errors = (y - 1).square()
    # five standard errors
    assert abs(errors.mean() - 1 / 6) < 5 * errors.std() / 20_000**0.5


@pytest.mark.reference("length log(symbols) / steps", of="dlcore.data.make_copy_task")
def test_copying(generator):
    X, Y = data.make_copy_task(50, 5, 7, symbols=4, generator=generator)
    assert X.shape == Y.shape == (50, 17)
    assert torch.equal(X[:, :5], Y[:, 12:])
    assert (X[:, 11] == 5).all()
    assert not X[:, 5:11].any()
    assert not X[:, 12:].any()
    assert not Y[:, :12].any()
    assert X[:, :5].unique().tolist() == [1, 2, 3, 4]
    p = torch.zeros(17, 6)
    p[:12, 0], p[12:, 1:5] = 1, 0.25
    best = F.nll_loss(p.clamp_min(1e-30).log().repeat(50, 1), Y.flatten())
    assert math.isclose(best.item(), 5 * math.log(4) / 17, rel_tol=1e-5)


@pytest.mark.reference("reversed()", of="dlcore.data.make_reversal")
def test_reversal(generator):
    source, target = data.make_reversal(200, (2, 6), symbols=7, generator=generator)
    assert source.shape == (200, 7)
    assert target.shape == (200, 8)
    sizes = set()
    for s, t in zip(source.tolist(), target.tolist(), strict=True):
        end = s.index(2)
        sizes.add(end)
        assert t[: end + 2] == [1, *reversed(s[:end]), 2]
        assert not any(s[end + 1 :])
        assert not any(t[end + 2 :])
        assert all(3 <= x <= 9 for x in s[:end])
    assert sizes == {2, 3, 4, 5, 6}


@pytest.mark.reference("loop", of="dlcore.data.make_parity")
@pytest.mark.reference("loop", of="dlcore.data.make_delayed_echo")
def test_parity_and_echo(generator):
    X, Y = data.make_parity(30, 9, generator=generator)
    for x, y in zip(X[..., 0].tolist(), Y.tolist(), strict=True):
        assert y == [sum(x[: t + 1]) % 2 for t in range(9)]
    X, Y = data.make_delayed_echo(3, 9, delay=4, generator=generator)
    assert not Y[:, :4].any()
    assert torch.equal(Y[:, 4:], X[:, :5])


@pytest.mark.reference("x(t+1) = 2 cos(w) x(t) - x(t-1)", of="dlcore.data.make_sine_waves")
@pytest.mark.reference("variance t", of="dlcore.data.make_random_walks")
def test_waves_and_walks(generator):
    waves = data.make_sine_waves(40, 60, periods=(10.0, 20.0), generator=generator).double()
    middle, around = waves[:, 1:-1], waves[:, :-2] + waves[:, 2:]
    slope = (middle * around).sum(1) / middle.square().sum(1)
    assert torch.allclose(around, slope[:, None] * middle, atol=1e-4)
    periods = 2 * math.pi / torch.acos(slope / 2)
    assert 10 < periods.min() < 12
    assert 18 < periods.max() < 20
    noisy = data.make_sine_waves(40, 60, noise=3.0, generator=generator)
    assert 2.8 < noisy.std() < 3.4
    walks = data.make_random_walks(20_000, 9, generator=generator)
    expected = torch.arange(1.0, 10)
    assert ((walks.var(0) / expected - 1).abs() < 5 * (2 / 20_000) ** 0.5).all()
    assert abs(walks.diff(dim=1).std() - 1) < 0.02


@pytest.mark.reference("rates and means as stated", of="dlcore.data.make_transactions")
def test_transactions(generator):
    X, y = data.make_transactions(20_000, 10, fraud_rate=0.3, generator=generator)
    assert abs(y.float().mean() - 0.3) < 5 * (0.21 / 20_000) ** 0.5
    honest, stolen = X[y == 0], X[y == 1]
    assert abs(honest[..., 1].mean() - 1) < 0.02
    assert abs(honest[..., 0].mean() - 3) < 0.05
    assert abs(stolen[..., 1].mean() - (7 + 3 * 0.1) / 10) < 0.02
    assert abs(stolen[..., 0].mean() - honest[..., 0].mean() - 0.3 * math.log(2)) < 0.1
    quickest = X[..., 1].unfold(1, 3, 1).sum(-1).amin(1)
    assert quickest[y == 1].mean() < quickest[y == 0].mean() / 2


@pytest.mark.reference("dateutil.parser.parse", of="dlcore.data.make_dates")
def test_dates(generator):
    pairs = data.make_dates(300, generator=generator)
    for written, iso in pairs:
        day_first = "." in written
        assert parser.parse(written, dayfirst=day_first).date().isoformat() == iso
    assert {iso[:2] for _, iso in pairs} == {"19", "20"}
    assert data.make_dates(3, generator=torch.Generator().manual_seed(1)) == data.make_dates(
        3, generator=torch.Generator().manual_seed(1)
    )


@pytest.mark.reference("patterns", of="dlcore.data.make_tagged_sentences")
def test_tagged_sentences(generator):
    sentences = data.make_tagged_sentences(200, generator=generator)
    kinds: dict[str, set] = {}
    for words, tags in sentences:
        assert len(words) == len(tags)
        for word, tag in zip(words, tags, strict=True):
            kinds.setdefault(word, set()).add(tag)
    assert kinds["duck"] == kinds["watch"] == {"NOUN", "VERB"}
    assert kinds["light"] == {"ADJ", "NOUN", "VERB"}
    assert kinds["the"] == {"DET"}
    assert len({tuple(tags) for _, tags in sentences}) == 5


@pytest.mark.bad_input
def test_what_does_not_fit():
    for call, message in (
        (lambda: data.make_adding_problem(3, 1), "length must be at least 1"),
        (lambda: data.make_copy_task(3, delay=0), "delay must be at least 1"),
        (lambda: data.make_reversal(3, (5, 2)), "exceeds the longest"),
        (lambda: data.make_parity(0, 2), "n must be at least 1"),
        (lambda: data.make_delayed_echo(3, 3, 3), "exceed the delay"),
        (lambda: data.make_sine_waves(3, 3, noise=-1.0), "noise >= 0"),
        (lambda: data.make_random_walks(3, 0), "at least 1"),
        (lambda: data.make_transactions(3, fraud_rate=1.5), "between 0 and 1"),
        (lambda: data.make_dates(0), "n >= 1"),
        (lambda: data.make_dates(3, years=(2020, 2019)), "first year"),
        (lambda: data.make_tagged_sentences(0), "at least 1"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
