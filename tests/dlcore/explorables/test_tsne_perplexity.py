import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn.neighbors import NearestNeighbors

from dlcore.explorables import tsne_perplexity
from dlcore.explorables.tsne_perplexity import (
    NEAREST,
    SCRIPTS,
    as_sent,
    farthest_classes,
    kept,
    laid_out,
    rank_correlation,
)
from tests.dlcore.explorables.pages import made_up_maps
from tests.parity import assert_close

UNPACKED = "unpack(state.packed).then((buffer) => mapsOf(buffer, state))"


def figure(**words):
    return tsne_perplexity(*made_up_maps(), **words)


def neighbours(points, k):
    """Sets of nearest others, by scikit-learn."""
    found = NearestNeighbors(n_neighbors=k).fit(np.asarray(points))
    return [set(row) for row in found.kneighbors(return_distance=False)]


def test_the_page_gets_maps_and_data(javascript):
    X, maps, _ = made_up_maps()
    figure_ = figure()
    found = javascript(SCRIPTS, UNPACKED, state=figure_.state)
    for got, p in zip(found["maps"], maps, strict=True):
        assert_close(got, laid_out(maps[p]), atol=1e-9)
        ours = torch.tensor(got)
        assert ours.abs().max() <= 8 / 7
        scale = torch.pdist(ours) / torch.pdist(maps[p])
        assert scale.max() / scale.min() < 1.2
    levels, step = as_sent(X)
    data = np.array(found["data"]) * step + X.min().item()
    assert figure_.state["step"] == step
    assert levels.max() == 255
    assert_close(data, X, atol=step / 2 + 1e-6)


@pytest.mark.reference(
    "sklearn.neighbors.NearestNeighbors", of="dlcore.explorables.tsne_perplexity"
)
def test_neighbours_kept(javascript):
    X, maps, _ = made_up_maps()
    data, drawn = as_sent(X)[0], laid_out(maps[10])
    work = (
        f"{UNPACKED}.then(({{ maps, data }}) => data.map((_, i) => "
        "[nearest(data, i, 6), kept(data, maps[1], i, state.nearest)]))"
    )
    found = javascript(SCRIPTS, work, state=figure().state)
    assert [set(near) for near, _ in found] == neighbours(data, 6)
    pairs = zip(neighbours(data, NEAREST), neighbours(drawn, NEAREST), strict=True)
    expected = [len(a & b) for a, b in pairs]
    assert [n for _, n in found] == expected
    assert kept(data, drawn) == pytest.approx(sum(expected) / 600)


@pytest.mark.reference("scipy.stats.spearmanr", of="dlcore.explorables.tsne_perplexity")
def test_the_finding_is_computed():
    X, maps, labels = made_up_maps()
    data, y = as_sent(X)[0], torch.tensor(labels)
    drawn = [laid_out(each) for each in maps.values()]
    finding = figure().finding
    shares = [f"{100 * kept(data, each):.0f} %" for each in drawn]
    assert f"at perplexities 5, 10 and 20, {shares[0]}, {shares[1]} and {shares[2]} of" in finding
    ranks = [spearmanr(pdist(data), pdist(each)).statistic for each in drawn]
    for rank, each in zip(ranks, drawn, strict=True):
        assert rank_correlation(data, each) == pytest.approx(rank, abs=2e-3)
        assert f"{rank_correlation(data, each):.2f}" in finding
    means = np.stack([X[y == k].mean(0).numpy() for k in range(3)])
    pairs = [(0, 1), (0, 2), (1, 2)]
    assert tuple(farthest_classes(data, y)) == pairs[pdist(means).argmax()]
    assert "in the data, {} and {}.".format(*farthest_classes(data, y)) in finding


def test_the_still_says_what_the_caller_asked_for():
    shown = figure(perplexity=20, point=3, question="Which?")
    assert shown.question == "Which?"
    assert "at perplexity 20, with lines from one of them to the 20 that" in shown.alt
    assert shown.svg().count('data-part="class') == 3
    assert figure().state["perplexities"][figure().state["at"]] == 10


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": [0]}, r"X must be \(n, d\) with n labels, got \(60, 5\) and \(1,\)"),
        ({"X": torch.ones(60, 101)}, "12 to 400 points of up to 100 numbers"),
        ({"labels": [0] * 60}, "there may be 2 to 10 classes, got 1"),
        ({"maps": {5: torch.ones(60, 2)}}, "there may be 2 to 8 maps, got 1"),
        ({"maps": {5: torch.ones(60, 2), 6: torch.ones(6, 2)}}, r"maps must be \(60, 2\)"),
        ({"maps": {5: torch.ones(60, 2), 0: torch.ones(60, 2)}}, "perplexity must lie between 1"),
        ({"perplexity": 7}, r"perplexity must be one of \[5, 10, 20\], got 7"),
        ({"point": 60}, "point must lie between 0 and 59"),
    ],
)
def test_bad_input(change, message):
    X, maps, labels = made_up_maps()
    with pytest.raises(ValueError, match=message):
        tsne_perplexity(**{"X": X, "maps": maps, "labels": labels, **change})
