import math

import numpy as np
import pytest
import torch
from scipy import linalg

from dlcore.explorables import linear_map
from dlcore.explorables.linear_map import MATRICES, SCRIPTS
from tests.parity import assert_close

SHOW = "{ singular: singular(A), eigen: eigen(A), facts: facts(A) }"
RANDOM = np.random.default_rng(0).uniform(-2, 2, (5, 2, 2)).round(1).tolist()
EDGES = [[[0, 0], [0, 0]], [[1.5, 0], [0, 1.5]], [[0, 1], [0, 0]], [[1, 0.1], [0, 1]]]


def direction(angle):
    return np.array([math.cos(angle), math.sin(angle)])


@pytest.mark.reference("scipy.linalg.svd", of="dlcore.explorables.linear_map")
@pytest.mark.parametrize("A", [*MATRICES.values(), *RANDOM, *EDGES])
def test_singular_values_and_vectors_in_the_page_agree_with_scipy(javascript, A):
    A = np.array(A, dtype=float)
    got = javascript(SCRIPTS, SHOW, A=A.flatten().tolist())["singular"]
    assert_close(got["values"], linalg.svdvals(A), rtol=1e-12, atol=1e-15)
    v, u = (
        np.stack([direction(a), side * direction(a + math.pi / 2)], axis=1)
        for a, side in ((got["v"], 1), (got["u"], got["side"]))
    )
    assert_close(u @ np.diag(got["values"]) @ v.T, A, atol=1e-14)


@pytest.mark.parametrize("A", [*MATRICES.values(), *RANDOM, *EDGES])
def test_eigenvalues_and_kept_directions_in_the_page_agree_with_scipy(javascript, A):
    A = np.array(A, dtype=float)
    got = javascript(SCRIPTS, SHOW, A=A.flatten().tolist())["eigen"]
    values = linalg.eigvals(A)
    if "real" in got:
        assert_close(got["real"], values[0].real)
        assert_close(got["imaginary"], abs(values[0].imag))
        return
    assert np.abs(values.imag).max() == 0
    expected = sorted(set(values.real.round(7)), reverse=True)
    assert_close(got["values"], expected, rtol=1e-6, atol=1e-7)
    if got["angles"] == "all":
        assert_close(A, A[0, 0] * np.eye(2))
        return
    for value, angle in zip(got["values"], got["angles"], strict=True):
        assert_close(A @ direction(angle), value * direction(angle), atol=1e-9)


def test_what_is_said_of_a_reflection_and_of_a_rotation(javascript):
    reflection, rotation = (
        javascript(SCRIPTS, SHOW, A=np.ravel(MATRICES[name]).tolist())["facts"]
        for name in ("reflection", "rotation")
    )
    assert reflection == [
        "Determinant −1.00: areas × 1.00, orientation reversed",
        "Singular values 1.00 and 1.00: lengths × 1.00 to 1.00",
        "Eigenvalues 1.00 and −1.00: two directions are kept",
    ]
    assert rotation[2] == "Eigenvalues 0.60 ± 0.80 i: no direction is kept"


def test_the_finding_a_shear_stretches_though_its_eigenvalues_are_one():
    A = np.array(MATRICES["shear"])
    assert_close(linalg.eigvals(A).real, [1.0, 1.0])
    golden = (1 + math.sqrt(5)) / 2
    assert_close(linalg.svdvals(A), [golden, 1 / golden])
    assert f"{golden:.2f}" in linear_map().finding


def test_the_still_says_what_the_caller_asked_for():
    figure = linear_map(torch.tensor([[0, -2], [1, 0]]), question="Where?", finding="There.")
    assert "signed area 2.00" in figure.alt
    assert "half axes 2.00 and 1.00; no single direction is kept" in figure.alt
    assert (figure.question, figure.finding) == ("Where?", "There.")
    assert figure.panels[1].title == "After A with columns (0.0, 1.0) and (−2.0, 0.0)"
    assert linear_map(((1, 1), (0, 1))).state["preset"] == "shear"


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ("turn", "unknown matrix 'turn': choose from shear"),
        ([[1, 2, 3], [4, 5, 6]], r"matrix must be 2 by 2, got shape \(2, 3\)"),
        ([[1, 2], [3]], r"matrix must be 2 by 2 numbers, got \[\[1, 2\], \[3\]\]"),
        ([["a", "b"], ["c", "d"]], "matrix must be 2 by 2 numbers"),
        (None, "matrix must be 2 by 2 numbers, got None"),
        ([[1, 2], [0, 2.5]], "entries must lie between -2 and 2"),
        ([[1, 2], [0, float("nan")]], "entries must lie between -2 and 2"),
    ],
)
def test_bad_input(matrix, message):
    with pytest.raises(ValueError, match=message):
        linear_map(matrix)
