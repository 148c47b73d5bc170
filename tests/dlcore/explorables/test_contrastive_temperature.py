import pytest
import torch
from torch.nn.functional import normalize

from dlcore.explorables import contrastive_temperature
from dlcore.explorables.contrastive_temperature import (
    BINS,
    SCRIPTS,
    TAUS,
    as_sent,
    histogram,
    negatives,
    push,
    shares,
)
from dlcore.representation import contrastive_weights, nt_xent_loss
from tests.dlcore.explorables.pages import made_up_views
from tests.parity import assert_close

COSINES = "unpack(state.packed).then((buffer) => cosinesOf(buffer, state))"


def figure(**words):
    (z1, z2), labels = made_up_views()
    return contrastive_temperature(z1, z2, labels, **words)


def sent():
    """What travels: both views, their cosines, and which are of one class."""
    (z1, z2), labels = made_up_views()
    z = as_sent(torch.cat([z1, z2]))
    y = torch.tensor(labels).repeat(2)
    return z, z @ z.T, y == y[:, None]


@pytest.mark.parametrize("tau", [0.02, 0.2, 2.0])
def test_the_page_weighs_as_the_library_does(javascript, tau):
    state = figure().state
    work = f"{COSINES}.then((rows) => [rows, rows.map((row, i) => weights(row, i, tau))])"
    cosines, weights = javascript(SCRIPTS, work, state=state, tau=tau)
    z1, z2 = (normalize(v.double(), dim=1) for v in made_up_views()[0])
    z = torch.cat([z1, z2])
    assert_close(cosines, z @ z.T, atol=1e-4)
    assert_close(weights, contrastive_weights(z1, z2, tau), rtol=0.02, atol=1e-4)


@pytest.mark.parametrize("anchors", [[7], list(range(80))])
def test_the_page_counts_as_python_does(javascript, anchors):
    state = figure().state
    work = (
        f"{COSINES}.then((rows) => state.taus.map((tau) => "
        "[push(rows, state.labels, anchors, tau), histogram(rows, state.labels, anchors, "
        "state.bins, (i) => shares(rows[i], i, tau))]))"
    )
    found = javascript(SCRIPTS, work, state=state, anchors=anchors)
    _, cosines, alike = sent()
    for tau, (got, bars) in zip(TAUS, found, strict=True):
        if len(anchors) > 1:
            assert_close(list(got.values()), list(push(cosines, alike, tau)), rtol=1e-9)
            assert_close(bars, histogram(cosines, alike, shares(cosines, tau)), atol=1e-9)
        else:
            row = shares(cosines, tau)[7]
            assert got["same"] == pytest.approx(row[alike[7]].sum().item())
            assert got["nearest"] == pytest.approx(row.sort().values[-7:].sum().item())
        assert sum(map(sum, bars)) == pytest.approx(1)


@pytest.mark.reference("torch.autograd.grad", of="dlcore.explorables.contrastive_temperature")
def test_a_push_is_the_derivative_of_the_loss_by_a_cosine():
    z, cosines, alike = sent()
    m, tau = len(z), 0.3
    s = cosines.clone().requires_grad_()
    logits = (s / tau).masked_fill(torch.eye(m, dtype=torch.bool), -torch.inf)
    partner = torch.arange(m).roll(m // 2)
    losses = torch.nn.functional.cross_entropy(logits, partner, reduction="none")
    (slope,) = torch.autograd.grad(losses.sum(), s)
    pushes = slope * negatives(m)
    assert_close(pushes / pushes.sum(1, keepdim=True), shares(cosines, tau))
    found = push(cosines, alike, tau)
    assert found.force == pytest.approx(pushes.sum(1).mean().item())
    assert found.force == pytest.approx(-slope[torch.arange(m), partner].mean().item())
    n = m // 2
    assert found.loss == pytest.approx(nt_xent_loss(z[:n], z[n:], tau).item(), rel=1e-3)


def test_the_finding_is_computed():
    _, cosines, alike = sent()
    shown = figure()
    cold, here, warm = (push(cosines, alike, tau) for tau in (0.05, 0.2, 1.0))
    own = (negatives(80) & alike).double().sum(1).mean().item() / 78
    assert (
        f"tenth of the 78 negatives bears {100 * here.nearest:.0f} % of the push, as if "
        f"{here.many:.0f} shared it evenly. And {100 * here.same:.0f} % fall on the anchor's own "
        f"class, which makes up only {100 * own:.0f} %" in shown.finding
    )
    assert (
        f"nearest tenth bears {100 * cold.nearest:.0f} %, the own class {100 * cold.same:.0f} %, "
        f"at τ = 1 they bear {100 * warm.nearest:.0f} % and {100 * warm.same:.0f} %"
        in shown.finding
    )
    assert f"{cold.force:.2f} at τ = 0.05 and {warm.force:.2f} at τ = 1" in shown.finding


def test_the_still_says_what_the_caller_asked_for():
    shown = figure(temperature=0.98, question="Who?")
    assert shown.question == "Who?"
    assert shown.state["taus"][shown.state["at"]] == 1
    assert "comes from at τ = 1, by other classes" in shown.alt
    assert "strong at τ = 1, and" in figure(temperature=1).question
    bars = histogram(*sent()[1:], negatives(80).double() / 78)
    assert len(bars[0]) == BINS
    assert sum(map(sum, bars)) == pytest.approx(1)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"z2": torch.ones(3, 8)}, r"z1 and z2 must be \(n, d\) with n labels, got \(40, 8\)"),
        ({"labels": [0]}, r"with n labels, .*\(1,\)"),
        ({"z1": torch.ones(5, 8), "z2": torch.ones(5, 8), "labels": [0] * 5}, "6 to 128 examples"),
        ({"temperature": 0}, "temperature must lie between 0.02 and 2, got 0"),
    ],
)
def test_bad_input(change, message):
    (z1, z2), labels = made_up_views()
    with pytest.raises(ValueError, match=message):
        contrastive_temperature(**{"z1": z1, "z2": z2, "labels": labels, **change})
