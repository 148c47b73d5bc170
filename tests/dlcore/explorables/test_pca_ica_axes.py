import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from scipy.stats import kurtosis as scipy_kurtosis
from sklearn.decomposition import PCA

from dlcore.explorables import pca_ica_axes
from dlcore.explorables.pca_ica_axes import (
    DRAWS,
    MIXING,
    SCRIPTS,
    SOURCES,
    astray,
    directions,
    draw_sources,
    heard,
    histogram,
    kurtosis,
    moments,
    principal,
    steps,
    unmixing,
    weights,
)
from dlcore.factor import fastica, mixture_kurtosis
from tests.parity import assert_close

A = torch.tensor(MIXING, dtype=torch.float64)
ANGLES = [0, 17, 46, 90, 122, 154, 179]
KINDS = sorted(SOURCES)

ON_THE_PAGE = """(() => {
  const sources = drawSources(names, seed), moments = momentsOf(sources), B = unmixingOf(moments);
  const at = angles.map((t) => weightsOf(A, t));
  return {
    sources, moments, B, whitened: whitened(A, moments), principal: principalOf(A, moments),
    ways: directionsOf(A, B), axes: axesOf(A, B), astray: astray(B),
    variances: at.map((b) => varianceOf(b, moments)), peaks: at.map((b) => kurtosisOf(b, moments)),
    heard: at.map((b) => heard(b, moments)),
    outline: outline(sources[0].map((v, n) => at[2][0] * v + at[2][1] * sources[1][n])),
  };
})()"""


def projections(S):
    t = np.deg2rad(ANGLES)
    return np.stack([np.cos(t), np.sin(t)], 1) @ A.numpy() @ S.numpy()


@pytest.mark.reference("scipy.stats.kurtosis", of="dlcore.explorables.pca_ica_axes")
@pytest.mark.reference("sklearn.decomposition.PCA", of="dlcore.explorables.pca_ica_axes")
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_page_computes(javascript, kind):
    page = javascript(
        SCRIPTS, ON_THE_PAGE, names=SOURCES[kind], seed=3, angles=ANGLES, A=A.flatten().tolist()
    )
    S, (r, fourth) = draw_sources(kind, 3), moments(kind, 3)
    assert_close(page["sources"], S, rtol=1e-9, atol=1e-9)
    assert_close([page["moments"]["r"], *page["moments"]["fourth"]], [r, *fourth], rtol=1e-9)
    P = projections(S)
    assert_close(page["variances"], P.var(1), rtol=1e-9)
    expected = scipy_kurtosis(P, axis=1)
    assert_close(page["peaks"], expected, rtol=1e-8, atol=1e-9)
    assert_close([kurtosis(weights(A, t), r, fourth) for t in ANGLES], expected, atol=1e-9)
    correlations = np.abs(np.corrcoef(np.vstack([P, S.numpy()]))[:-2, -2:])
    assert_close(page["heard"], correlations, rtol=1e-8)
    assert_close([heard(weights(A, t), r) for t in ANGLES], correlations, rtol=1e-8)
    pca = PCA().fit((A @ S).T.numpy())
    axis, lengths = principal(A, r)
    first = np.rad2deg(np.arctan2(*pca.components_[0][::-1])) % 180
    assert_close([page["principal"]["angle"], axis], [first, first], rtol=1e-8)
    assert_close(lengths, pca.explained_variance_ * 1999 / 2000, rtol=1e-8)
    assert_close(page["principal"]["lengths"], lengths, rtol=1e-9)
    white = np.array(page["whitened"]).reshape(2, 2)
    assert_close(white, np.linalg.inv(sqrtm(np.cov(A @ S, ddof=0))) @ A.numpy(), rtol=1e-8)
    density, _ = np.histogram(P[2] / P[2].std(), 40, (-4, 4))
    assert_close([y for _, y in page["outline"][1:-1:2]], density / 400, rtol=0, atol=1e-3)
    outline = np.array(steps(histogram(torch.from_numpy(P[2]))))
    assert_close(page["outline"], outline, rtol=0, atol=3e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_independent_axes_are_those_of_fast_ica(javascript, kind):
    S, (r, fourth) = draw_sources(kind, 3), moments(kind, 3)
    B = unmixing(r, fourth)
    page = javascript(
        SCRIPTS, ON_THE_PAGE, names=SOURCES[kind], seed=3, angles=ANGLES, A=A.flatten().tolist()
    )
    assert_close(page["B"], B, atol=1e-7)
    assert_close(page["ways"], directions(A, B), rtol=1e-7)
    assert_close(np.array(page["axes"]).T, A @ torch.linalg.inv(B), atol=1e-6)
    assert page["astray"] == pytest.approx(astray(B), abs=1e-5)
    assert_close(B @ S @ S.T @ B.T / S.shape[1], np.eye(2), atol=1e-9)
    if kind == "Gaussian":
        return  # there FastICA does not settle
    generator = torch.Generator().manual_seed(0)
    found = fastica((A @ S).T, g="cube", tol=1e-10, max_iter=500, generator=generator)
    theirs = np.rad2deg(np.arctan2(*found.unmixing.numpy().T[::-1])) % 180
    assert_close(np.sort(directions(A, B)), np.sort(theirs), atol=1e-2)


def test_kurtosis_follows_the_law_of_mixtures():
    for kind, expected in (("uniform", [-1.2, -1.2]), ("Laplace", [3.0, 3.0])):
        law = torch.tensor(expected, dtype=torch.float64)
        _, fourth = moments(kind, 0)
        own = torch.tensor([fourth[0] - 3, fourth[4] - 3], dtype=torch.float64)
        assert_close(own, law, rtol=0.5)
        for t in ANGLES:
            b = weights(A, t)
            ideal = [own[0].item() + 3, 0.0, 1.0, 0.0, own[1].item() + 3]
            got = kurtosis(b, 0.0, ideal)
            assert got == pytest.approx(mixture_kurtosis(torch.tensor(b).double(), own).item())


def test_the_finding():
    finding = pca_ica_axes().finding
    S = draw_sources("uniform", 0).numpy()
    X = A.numpy() @ S
    u = PCA().fit(X.T).components_[0]
    along = np.abs(np.corrcoef(np.vstack([u @ X, S]))[0, 1:])
    assert f"lies at {np.rad2deg(np.arctan2(u[1], u[0])) % 180:.0f}°" in finding
    assert f"has correlation {along[0]:.2f} with one source and {along[1]:.2f} with" in finding
    rows = np.linalg.inv(A.numpy())
    truth = np.rad2deg(np.arctan2(rows[:, 1], rows[:, 0])) % 180
    ways = directions(A, unmixing(*moments("uniform", 0)))
    assert np.abs(np.array(ways) - truth).max() < 2
    for k, way in enumerate(ways):
        v = np.array([np.cos(np.deg2rad(way)), np.sin(np.deg2rad(way))]) @ X
        assert f"{scipy_kurtosis(v):.2f} at {way:.0f}°".replace("-", "−") in finding
        assert abs(np.corrcoef(v, S[k])[0, 1]) > 0.9995
        silenced = A[:, 1 - k].numpy() / np.linalg.norm(A[:, 1 - k])
        assert abs(np.rad2deg(np.arctan2(silenced[1], silenced[0])) - way) % 180 == pytest.approx(
            90, abs=2
        )
    assert "with correlation 1.000," in finding
    worst = {
        kind: max(astray(unmixing(*moments(kind, seed))) for seed in range(DRAWS))
        for kind in SOURCES
    }
    assert (
        f"up to {worst['Gaussian']:.0f}° astray in 10 draws, where those of uniform and of "
        f"Laplace sources are up to {worst['uniform']:.0f}° and {worst['Laplace']:.0f}° off. "
        f"One Gaussian source is allowed: {worst['one Gaussian']:.0f}°."
    ) in finding
    assert worst["Gaussian"] > 30
    assert max(v for kind, v in worst.items() if kind != "Gaussian") < 8
    t = np.deg2rad(np.arange(0, 180, 2))
    gaussian = np.stack([np.cos(t), np.sin(t)], 1) @ A.numpy() @ draw_sources("Gaussian", 0).numpy()
    assert f"within {np.abs(scipy_kurtosis(gaussian, axis=1)).max():.2f} of 0" in finding


def test_the_finding_whitening_leaves_pca_nothing(javascript):
    S, (r, fourth) = draw_sources("uniform", 0), moments("uniform", 0)
    white = javascript(
        SCRIPTS,
        "whitened(A, moments)",
        A=A.flatten().tolist(),
        moments={"r": r, "fourth": fourth},
    )
    W = torch.tensor(white, dtype=torch.float64).reshape(2, 2)
    assert_close((W @ S).numpy() @ (W @ S).numpy().T / 2000, np.eye(2), atol=1e-9)
    ways = directions(W, unmixing(r, fourth))
    assert abs(ways[0] - ways[1]) == pytest.approx(90, abs=1e-6)
    before, after = (
        [kurtosis(weights(M, t), r, fourth) for M, ts in pairs for t in ts]
        for pairs in ([(A, directions(A, unmixing(r, fourth)))], [(W, ways)])
    )
    assert_close(before, after, rtol=1e-6)


def test_parallel_columns_are_no_mixture_that_can_be_undone(javascript):
    constant = javascript(
        SCRIPTS, "String(kurtosisOf(weightsOf([1, 1, 0, 0], 90), moments))",
        moments={"r": 0.0, "fourth": [1.8, 0, 1, 0, 1.8]},
    )  # fmt: skip
    assert constant == "NaN"
    assert np.isnan(kurtosis((0.0, 0.0), 0.0, [1.8, 0, 1, 0, 1.8]))


def test_the_still_says_what_the_caller_asked_for():
    figure = pca_ica_axes(
        [[1.5, 0.0], [0.0, 1.0]], "Laplace", 90, question="Which?", finding="This."
    )
    assert (figure.question, figure.finding) == ("Which?", "This.")
    assert figure.state["mixing"] == [1.5, 0, 0, 1]
    assert "two mixed Laplace sources" in figure.alt
    assert "a direction at 90 degrees" in figure.alt
    assert "with the first source and 1.00 with the second" in figure.alt
    assert pca_ica_axes(angle=180).state["angle"] == 0
    assert pca_ica_axes().state["angle"] == 46


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mixing": "round"}, "mixing must be 2 by 2 numbers, got 'round'"),
        ({"mixing": [[1, 0, 0], [0, 1, 0]]}, r"mixing must be 2 by 2, got shape \(2, 3\)"),
        ({"mixing": [[3, 0], [0, 1]]}, "entries of mixing must lie between -2 and 2"),
        ({"mixing": [[float("nan"), 0], [0, 1]]}, "entries of mixing must lie between"),
        ({"mixing": [[1, 1], [1, 1]]}, "mixing must be invertible"),
        ({"sources": "loud"}, "unknown sources 'loud': choose from uniform, Laplace"),
        ({"angle": 200}, "angle must lie between 0 and 180, got 200"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        pca_ica_axes(**arguments)
