import base64
import math

import numpy as np
import pytest
import torch
from scipy.fft import idct
from sklearn.linear_model import Lasso

from dlcore.explorables import sparse_codes
from dlcore.explorables.sparse_codes import (
    SCRIPTS,
    codes_along,
    cosines,
    details,
    left_out,
    likeness,
    most_alike,
    penalties,
)
from dlcore.factor import sparse_coding_objective, sparse_encode
from tests.parity import assert_close

CODES = """(() => {
  const { patches, atoms } = rowsOf(state.packed, state), gram = gramOf(atoms);
  return patches.map((x) => {
    const alike = atoms.map((atom) => dot(atom, x)), codes = codesAlong(gram, alike, state.lams);
    const used = codes.map((code) => code.filter(Boolean).length);
    const rests = codes.map((code) => squares(differ(x, rebuild(atoms, code))));
    return { codes, rests, alike: used.map((m) => mostAlike(alike, m)) };
  });
})()"""


def given(figure):
    """The patches and atoms as they travel."""
    state = figure.state
    numbers = np.frombuffer(base64.b64decode(state["packed"]), dtype="<i2") * state["step"]
    rows = torch.from_numpy(numbers.reshape(-1, state["height"] * state["width"]))
    return rows[: state["patches"]], rows[state["patches"] :].T


def small(seed=0):
    """Patches of 3 by 4 pixels and 20 atoms of which some are shorter than 1."""
    generator = torch.Generator().manual_seed(seed)
    D = torch.randn(12, 20, generator=generator, dtype=torch.float64)
    D = D / D.norm(dim=0) * torch.linspace(0.5, 1, 20, dtype=torch.float64)
    return torch.randn(3, 3, 4, generator=generator, dtype=torch.float64), D


@pytest.mark.parametrize("arguments", [(), small()], ids=["own", "given"])
def test_codes_in_the_page_are_those_of_the_library(javascript, arguments):
    figure = sparse_codes(*arguments)
    X, D = given(figure)
    lams = figure.state["lams"]
    got = javascript(SCRIPTS, CODES, state=figure.state)
    for x, each in zip(X, got, strict=True):
        codes = torch.tensor(each["codes"], dtype=torch.float64)
        rows, tight = x.expand(len(lams), -1), codes_along(x, D, lams)
        assert_close(codes, tight, rtol=0, atol=1e-5)
        assert ((codes != 0) == (tight != 0)).double().mean() > 0.998
        for at in (len(lams) // 2, len(lams) - 8):
            expected = sparse_encode(x[None], D, lams[at], tol=1e-9)
            assert_close(codes[at][None], expected, rtol=0, atol=1e-5)
            best = sparse_coding_objective(x[None], D, expected, lams[at])
            mine = sparse_coding_objective(x[None], D, codes[at][None], lams[at])
            assert_close(mine, best, rtol=1e-7)
        assert_close(each["rests"], (rows - codes @ D.T).square().sum(1), rtol=1e-6, atol=1e-9)
        used = (codes != 0).sum(1).tolist()
        assert [sorted(v) for v in each["alike"]] == [sorted(most_alike(x, D, m)) for m in used]


@pytest.mark.reference("sklearn.linear_model.Lasso", of="dlcore.explorables.sparse_codes")
@pytest.mark.parametrize("lam", [0.1, 0.5, 2.0])
def test_codes_are_scikit_learn_s(lam):
    X, D = small()
    x = X[0].flatten()
    lasso = Lasso(alpha=lam / 24, fit_intercept=False, tol=1e-12, max_iter=100_000)
    expected = lasso.fit(D.numpy(), x.numpy()).coef_
    assert_close(codes_along(x, D, [lam])[0], expected, rtol=0, atol=1e-6)


def test_the_largest_penalty_leaves_nothing_and_the_smallest_nearly_all():
    X, D = small()
    rows = X.flatten(1)
    lams = penalties(rows, D)
    assert lams == sorted(lams)
    assert lams[-1] >= 2 * (rows @ D).abs().max() > lams[-2]
    for x in rows:
        codes = codes_along(x, D, lams)
        assert not codes[-1].any()
        assert (codes != 0).sum(1).max() <= 12
        errors = left_out(x, D, codes)
        assert errors == sorted(errors)
        assert errors[-1] == 1
        assert errors[0] < 0.01


@pytest.mark.reference("scipy.fft.dct", of="dlcore.explorables.sparse_codes")
def test_the_atoms_are_products_of_cosines():
    waves = idct(np.eye(11), axis=0)[:8]  # one wave a column, longer than it is shown
    waves[:, 1:] -= waves[:, 1:].mean(0)
    waves = waves / np.linalg.norm(waves, axis=0)
    assert_close(cosines(), np.kron(waves, waves), rtol=1e-9, atol=1e-9)


def test_the_finding():
    figure = sparse_codes()
    X, D = given(figure)
    x, lams, at = X[0], figure.state["lams"], figure.state["at"]
    lam = lams[at]
    assert lam == 0.562
    code = sparse_encode(x[None], D, lam, tol=1e-9)[0]
    used = code.nonzero()[:, 0].tolist()
    best = (x @ D).abs().topk(len(used)).indices.tolist()
    assert (len(used), len(set(used) & set(best))) == (7, 5)
    assert "At λ = 0.562 its sparse code uses 7 of them." in figure.question
    assert figure.finding.startswith("5 of the 7 are. ")
    error = (x - D @ code).square().sum() / x.square().sum()
    assert f"leaves out {100 * error:.1f} % of the" in figure.finding
    most = np.abs(np.corrcoef(D[:, 1:].numpy(), rowvar=False) - np.eye(120)).max()
    assert f"up to a cosine of {most:.2f}" in figure.finding
    first = sparse_encode(x[None], D, lams[0], tol=1e-9)[0]
    assert f"At λ = {lams[0]:g} it uses {int((first != 0).sum())} atoms" in figure.finding
    assert (
        f"add up to {first.abs().sum():.2f} there and to {code.abs().sum():.2f} here. From "
        f"λ = {2 * (x @ D).abs().max():.2f} on"
    ) in figure.finding


def test_the_finding_an_atom_may_join_while_the_penalty_grows():
    patches = details()[1:2]
    figure = sparse_codes(patches, cosines())
    X, D = given(figure)
    codes = codes_along(X[0], D, figure.state["lams"])
    joins = [
        (k, j)
        for k in range(len(codes) - 1)
        for j in range(121)
        if codes[k, j] == 0 and codes[k + 1, j] != 0
    ]
    assert f"joins while λ rises, {len(joins)} times for this patch" in figure.finding
    k, j = joins[0]
    before, after = (
        sparse_encode(X, D, figure.state["lams"][n], tol=1e-10)[0, j].item() for n in (k, k + 1)
    )
    assert before == 0
    assert after != 0


def test_the_still_says_what_the_caller_asked_for():
    X, D = small()
    figure = sparse_codes(X, D, 0.3, question="Which?", prediction="All.", finding="None.")
    assert (figure.question, figure.prediction, figure.finding) == ("Which?", "All.", "None.")
    near = min(figure.state["lams"], key=lambda v: abs(math.log(v / 0.3)))
    assert figure.state["lams"][figure.state["at"]] == near
    used = int((sparse_encode(X[:1].flatten(1), D, near) != 0).sum())
    assert f"of which the {used} used at λ = {near:g} are framed" in figure.alt
    assert "a patch of 3 by 4 pixels" in figure.alt
    orthonormal = sparse_codes(torch.eye(2)[None], torch.eye(4))
    assert orthonormal.finding.startswith("All are. ")
    assert likeness(torch.tensor([1.0, -2.0]).double(), torch.eye(2).double()).tolist() == [1, 2]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"patches": torch.ones(1, 2, 2)}, "give patches and dictionary together, as numbers"),
        ((torch.ones(2, 2), torch.eye(4)), r"must be \(n, h, w\) and .* got \(2, 2\) and \(4, 4\)"),
        ((torch.ones(1, 2, 2), torch.eye(5)), r"got \(1, 2, 2\) and \(5, 5\)"),
        ((torch.ones(9, 2, 2), torch.eye(4)), "there may be 8 patches .* got 9 of"),
        ((torch.ones(1, 13, 13), torch.eye(169)), "up to 12 by 12 pixels and 144 atoms"),
        ((4 * torch.ones(1, 2, 2), torch.eye(4)), "values of patches must lie between -3 and 3"),
        ((torch.ones(1, 2, 2), 2 * torch.eye(4)), "atoms must be of length at most 1, and not"),
        ((torch.ones(1, 2, 2), torch.zeros(4, 2)), "atoms must be of length at most 1, and not"),
        ((torch.zeros(1, 2, 2), torch.eye(4)), "no atom resembles one of the patches"),
        ((torch.ones(1, 2, 2), torch.eye(4), 9), r"lam must lie between 0.00\d+ and 2.24, got 9"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        sparse_codes(**arguments) if isinstance(arguments, dict) else sparse_codes(*arguments)
