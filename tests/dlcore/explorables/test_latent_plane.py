import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree
from torch import nn

from dlcore.autoencoder import VAE
from dlcore.explorables import latent_plane
from dlcore.explorables.latent_plane import (
    NEIGHBOURS,
    SCRIPTS,
    STEPS,
    class_around,
    decoded,
    layers_of,
    pace,
    way,
)
from tests.dlcore.explorables.pages import made_up_codes
from tests.parity import assert_close

UNPACKED = "unpack(state.packed).then((buffer) => layersOf(buffer, state.layers))"


def plane(**words):
    return latent_plane(*made_up_codes(), **words)


def small(outputs=64, **layers):
    return nn.Sequential(nn.Linear(2, 3), layers.get("hidden", nn.Tanh()), nn.Linear(3, outputs))


@pytest.mark.reference("torch.nn.Sequential", of="dlcore.explorables.latent_plane")
@pytest.mark.parametrize("hidden", [nn.ReLU(), nn.Tanh(), nn.Sigmoid(), nn.Identity()])
def test_the_page_draws_what_the_decoder_draws(javascript, hidden):
    torch.manual_seed(0)
    _, codes, labels = made_up_codes()
    net = small(hidden=hidden) if not isinstance(hidden, nn.Identity) else nn.Linear(2, 64)
    decoder = nn.Sequential(net, nn.Sigmoid())
    state = latent_plane(decoder, codes, labels).state
    with torch.no_grad():
        expected = decoder(codes.float())
    assert_close(decoded(layers_of(decoder), codes), expected, atol=1e-6)
    work = f"{UNPACKED}.then((layers) => codes.map((code) => decoded(layers, code)))"
    got = javascript(SCRIPTS, work, state=state, codes=codes.tolist())
    assert_close(got, expected, atol=2e-4)


def test_the_page_draws_what_the_library_s_autoencoder_decodes(javascript):
    torch.manual_seed(0)
    model = VAE.mlp([64, 16, 2])
    _, codes, labels = made_up_codes()
    figure = latent_plane(nn.Sequential(model.decoder.network, nn.Sigmoid()), codes, labels)
    work = f"{UNPACKED}.then((layers) => codes.map((code) => decoded(layers, code)))"
    got = javascript(SCRIPTS, work, state=figure.state, codes=codes.tolist())
    with torch.no_grad():
        assert_close(got, model.decode(codes.float()), atol=2e-4)


def test_the_page_walks_as_python_does(javascript):
    figure = plane()
    state = figure.state
    work = (
        f"{UNPACKED}.then((layers) => {{ const places = way(state.start, state.end, state.steps);"
        " const pictures = places.map((place) => decoded(layers, place));"
        " return [places, pace(places, pictures), places.map((at) => classAround(state, at))]; })"
    )
    places, paces, classes = javascript(SCRIPTS, work, state=state)
    decoder, codes, labels = made_up_codes()
    codes = (100 * codes).round() / 100
    expected = way(state["start"], state["end"])
    assert_close(places, expected, atol=1e-12)
    pictures = decoded(layers_of(decoder), expected)
    assert_close(paces, pace(expected, pictures), rtol=1e-2)
    assert classes == class_around(codes, torch.tensor(labels), expected)
    assert_close(places[0], state["start"], atol=0)
    assert_close(places[STEPS], state["end"], atol=1e-12)


@pytest.mark.reference("scipy.spatial.cKDTree.query", of="dlcore.explorables.latent_plane")
def test_the_class_around_a_place_is_that_of_most_neighbours():
    rng = np.random.default_rng(1)
    codes, labels, places = (
        rng.normal(size=(80, 2)),
        rng.integers(0, 4, 80),
        rng.normal(size=(9, 2)),
    )
    near = labels[cKDTree(codes).query(places, k=NEIGHBOURS)[1]]
    got = class_around(torch.from_numpy(codes), torch.from_numpy(labels), torch.from_numpy(places))
    for k, each in zip(got, near, strict=True):
        counts = np.bincount(each, minlength=4)
        assert counts[k] == counts.max()


def test_the_finding_is_computed():
    figure = plane()
    decoder, codes, labels = made_up_codes()
    places = way(figure.state["start"], figure.state["end"])
    with torch.no_grad():
        pictures = decoder(places.float()).double()
    apart = torch.dist(pictures[0], pictures[-1]).item()
    mixed = torch.dist(pictures[STEPS // 2], pictures[[0, -1]].mean(0)).item()
    moved = (pictures[1:] - pictures[:-1]).norm(dim=1)
    step = torch.dist(places[0], places[1])
    assert (
        f"lies {mixed:.2f} from the mean of both ends, which are {apart:.2f} apart, and on the "
        f"whole way it moves {moved.sum():.2f}." in figure.finding
    )
    fast, slow = (moved / step).max().item(), (moved / step).min().item()
    assert f"by {slow:.2f} at the slowest and {fast:.2f} at the fastest" in figure.finding
    others = class_around(codes, torch.tensor(labels), places)
    ends = {others[0], others[-1]}
    passed = [str(k) for k in dict.fromkeys(others) if k not in ends]
    assert f"nearest codes is {', then '.join(passed)} on the way" in figure.finding
    decoder = nn.Sequential(nn.Linear(2, 16), nn.Sigmoid())
    two = latent_plane(decoder, torch.tensor([[-1.0, 0], [1, 0]]), [3, 8], classes=(8, 3))
    assert two.finding.startswith("It passes no other class: ")
    assert two.state["start"] == [1, 0]
    assert "from the codes of class 8 straight to those of class 3" in two.question


def test_the_still_shows_pictures_of_the_plane():
    figure = plane(question="What?")
    assert figure.question == "What?"
    assert figure.svg().count('data-part="tiles"') == 1
    assert figure.svg().count('data-part="class') == 10
    assert f"codes of {len(made_up_codes()[1])} examples of 10 classes" in figure.alt


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"decoder": nn.Sequential(nn.Conv2d(1, 1, 1))}, "layers Linear with biases, .*Conv2d"),
        ({"decoder": small(hidden=nn.GELU())}, "layers Linear with biases, .*GELU"),
        ({"decoder": nn.Linear(2, 64, bias=False)}, "layers Linear with biases"),
        ({"decoder": nn.Linear(3, 64)}, "must take codes of two numbers"),
        ({"decoder": small(60)}, "square picture, 4 to 28 pixels a side, got 60 values"),
        (
            {"decoder": nn.Sequential(nn.Linear(2, 400), nn.ReLU(), nn.Linear(400, 64))},
            "may have 20000 weights, got 26864",
        ),
        ({"codes": torch.zeros(4, 3)}, r"codes must be \(n, 2\) with n labels.*\(4, 3\)"),
        ({"labels": [0] * 100}, "there may be 2 to 10 classes, got 1"),
        ({"classes": (1, 11)}, r"classes must be two of .* got \(1, 11\)"),
    ],
)
def test_bad_input(arguments, message):
    decoder, codes, labels = made_up_codes()
    given = {"decoder": decoder, "codes": codes, "labels": labels, **arguments}
    with pytest.raises(ValueError, match=message):
        latent_plane(**given)
