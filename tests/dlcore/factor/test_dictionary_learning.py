"""Dictionaries: falling objectives, planted atoms, and scikit-learn's result."""

import numpy as np
import pytest
import sklearn.decomposition
import torch
from sklearn.utils.estimator_checks import check_estimator

from dlcore.factor import (
    Dictionary,
    DictionaryLearning,
    MiniBatchDictionaryLearning,
    dictionary_update,
    ksvd,
    ksvd_update,
    sparse_coding_objective,
    sparse_encode,
)
from tests.parity import assert_close


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def unit_columns(D):
    return D / D.norm(dim=0)


D, X = unit_columns(random(7, 11)), random(50, 7, seed=1)
Z = sparse_encode(X, D, 0.5, method="cd")


def planted(n: int = 400, d: int = 10, k: int = 12, s: int = 2):
    """Examples with s atoms each, and the atoms."""
    atoms = unit_columns(random(d, k, seed=5))
    generator = torch.Generator().manual_seed(6)
    keep = torch.rand(n, k, generator=generator).argsort(1) < s
    sizes = 1 + torch.rand(n, k, generator=generator, dtype=torch.float64)
    signs = torch.where(torch.rand(n, k, generator=generator) < 0.5, -1.0, 1.0)
    codes = torch.where(keep, sizes * signs, 0.0)
    return codes @ atoms.T, atoms


def likeness(found, atoms):
    """For each planted atom the cosine of the nearest one found."""
    return (unit_columns(found).T @ atoms).abs().amax(0)


def error(X, Z, D):
    return (X - Z @ D.T).square().sum()


@pytest.mark.reference("numpy.linalg.lstsq", of="dlcore.factor.dictionary_update")
def test_all_atoms_at_once_are_least_squares():
    codes = random(50, 5, seed=2)
    atoms = np.linalg.lstsq(codes.numpy(), X.numpy(), rcond=None)[0].T
    assert np.linalg.norm(atoms, axis=0).max() < 1
    assert_close(dictionary_update(X, codes, D[:, :5], method="mod"), atoms)
    shorter = dictionary_update(X, codes / 10, D[:, :5], method="mod")
    assert_close(shorter, atoms / np.linalg.norm(atoms, axis=0).clip(0.1))


def test_one_atom_moves_to_the_best_place_in_the_ball():
    for scale in (1, 20):  # inside, and cut at the surface
        Y = scale * X
        moved = dictionary_update(Y, Z[:, :1].abs() + 0.1, D[:, :1])
        assert moved.norm() <= 1 + 1e-12
        best = error(Y, Z[:, :1].abs() + 0.1, moved)
        for seed in range(50):
            other = moved + 0.01 * random(7, 1, seed=seed)
            other = other / other.norm().clamp(min=1)
            assert error(Y, Z[:, :1].abs() + 0.1, other) >= best


def test_blocks_never_raise_the_error_and_cutting_may():
    before, moved = error(X, Z, D), D
    for _ in range(20):
        moved = dictionary_update(X, Z, moved)
        assert error(X, Z, moved) <= before + 1e-9
        before = error(X, Z, moved)
    assert (moved.norm(dim=0) <= 1 + 1e-12).all()
    # long atoms that cancel each other are cut
    pair = torch.tensor([[1.0, -0.98], [0.9, -0.9], [0.5, -0.52]], dtype=torch.float64)
    data, start = 5 * random(3, 7, seed=3), D[:, :2]
    start = dictionary_update(data, pair, start)
    assert error(data, pair, dictionary_update(data, pair, start, method="mod")) > error(
        data, pair, start
    )


def test_idle_atoms_stay():
    idle = torch.cat([Z[:, :3], 0 * Z[:, :1]], 1)
    for method in ("blocks", "mod"):
        assert_close(dictionary_update(X, idle, D[:, :4], method=method)[:, 3], D[:, 3])
    assert_close(ksvd_update(X, idle, D[:, :4])[0][:, 3], D[:, 3])


@pytest.mark.reference("numpy.linalg.svd", of="dlcore.factor.ksvd_update")
def test_one_atom_is_the_best_approximation_of_rank_one():
    codes = torch.where(torch.arange(50) % 3 > 0, random(50, seed=4), 0)[:, None]
    moved, new = ksvd_update(X, codes, D[:, :1])
    U, S, Vh = np.linalg.svd(X[codes[:, 0] != 0].numpy())
    assert_close(new[codes != 0].outer(moved[:, 0]), S[0] * np.outer(U[:, 0], Vh[0]), atol=1e-9)
    assert_close(moved.norm(), torch.tensor(1.0))
    assert (moved.T @ D[:, :1]).item() >= 0
    assert not new[codes == 0].any()


def test_updates_of_pairs_never_raise_the_error():
    moved, codes, before = D, Z, error(X, Z, D)
    for _ in range(10):
        moved, codes = ksvd_update(X, codes, moved)
        assert error(X, codes, moved) <= before + 1e-9
        before = error(X, codes, moved)
    assert ((codes != 0) <= (Z != 0)).all()


@pytest.mark.reference("the planted dictionary", of="dlcore.factor.ksvd")
def test_ksvd_finds_planted_atoms():
    data, atoms = planted()
    start = unit_columns(atoms + 0.11 * random(10, 12, seed=9))
    assert likeness(start, atoms).mean() < 0.96
    found = ksvd(data, 12, 2, max_iter=10, start=start)
    assert likeness(found.atoms, atoms).min() > 0.99
    assert found.errors[-1] < found.errors[0]
    assert ((found.codes != 0).sum(1) <= 2).all()


def test_with_one_atom_each_nothing_is_left():
    data, atoms = planted(s=1)
    found = ksvd(data, 12, 1, start=unit_columns(atoms + 0.11 * random(10, 12, seed=9)))
    assert likeness(found.atoms, atoms).min() > 1 - 1e-9
    assert found.errors[-1] < 1e-12


@pytest.mark.reference("numpy.linalg.norm", of="dlcore.factor.Dictionary")
def test_a_dictionary_says_its_error():
    found = ksvd(X, 5, 2, max_iter=2, start=D[:, :5])
    assert isinstance(found, Dictionary)
    rest = np.linalg.norm((X - found.codes @ found.atoms.T).numpy(), axis=1)
    assert found.errors[-1] == pytest.approx((rest**2).mean())
    assert len(ksvd(X, 5, 1, max_iter=4, start=D[:, :5]).errors) == 4


@pytest.mark.reference(
    "sklearn.decomposition.DictionaryLearning", of="dlcore.factor.DictionaryLearning"
)
def test_the_objective_falls_to_that_of_scikit_learn():
    data = planted(n=100)[0] + 0.1 * random(100, 10, seed=7)
    start = unit_columns(random(10, 12, seed=8)).T
    ours = DictionaryLearning(12, lam=0.3, init=start, max_iter=300, tol=1e-6).fit(data)
    assert (np.diff(ours.objective_) <= 1e-12).all()
    theirs = sklearn.decomposition.DictionaryLearning(
        12, alpha=0.15, max_iter=15, tol=1e-7, random_state=0
    ).fit(data.numpy())
    values = []
    for atoms in (ours.components_, torch.from_numpy(theirs.components_)):
        assert (atoms.norm(dim=1) <= 1 + 1e-9).all()
        codes = sparse_encode(data, atoms.T, 0.3)
        values.append(float(sparse_coding_objective(data, atoms.T, codes, 0.3).mean()))
    assert values[0] < 1.1 * values[1]
    assert values[0] <= ours.objective_[-1] + 1e-9


def test_planted_atoms_are_found_by_shrinkage():
    data, atoms = planted()
    model = DictionaryLearning(12, lam=0.2, max_iter=60, random_state=2).fit(data)
    assert (likeness(model.components_.T, atoms) > 0.98).sum() >= 11
    codes = model.transform(data)
    assert (codes != 0).double().sum(1).mean() < 5
    kept = (model.inverse_transform(codes) - data).norm() / data.norm()
    assert kept < 0.15


@pytest.mark.reference("the planted dictionary", of="dlcore.factor.MiniBatchDictionaryLearning")
def test_small_batches_find_planted_atoms_too():
    data, atoms = planted()
    model = MiniBatchDictionaryLearning(12, lam=0.2, batch_size=20, random_state=2).fit(data)
    assert (likeness(model.components_.T, atoms) > 0.95).sum() >= 9
    assert np.mean(model.objective_[-10:]) < 0.7 * np.mean(model.objective_[:3])
    piecewise = MiniBatchDictionaryLearning(12, lam=0.2, random_state=1)
    for batch in data.split(100):
        piecewise.partial_fit(batch)
    assert len(piecewise.objective_) == 4
    assert piecewise.components_.shape == (12, 10)


def test_without_a_bound_the_penalty_would_vanish():
    codes = sparse_encode(X, D, 0.5, method="cd")
    free = [
        sparse_coding_objective(X, c * D, codes / c, 0.5).mean() - error(X, codes, D) / 50
        for c in (1, 10, 1000)
    ]
    assert_close(free[0] / free[1], torch.tensor(10.0), rtol=1e-6)
    assert_close(free[0] / free[2], torch.tensor(1000.0), rtol=1e-6)


@pytest.mark.parametrize(
    "model",
    [DictionaryLearning(max_iter=3), MiniBatchDictionaryLearning(max_iter=1)],
    ids=lambda model: type(model).__name__,
)
def test_the_interface_is_that_of_scikit_learn(model):
    results = check_estimator(model, on_skip=None)
    assert {result["status"] for result in results} <= {"passed", "skipped"}


def test_tensors_in_tensors_out():
    model = DictionaryLearning(3, max_iter=2, random_state=0).fit(X.float())
    assert model.components_.dtype == torch.float32
    assert isinstance(model.transform(X.float()), torch.Tensor)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dictionary_update(X, Z, D, method="svd"), "got 'svd'"),
        (lambda: dictionary_update(X, Z[:, :3], D), r"and codes \(50, 3\)"),
        (lambda: ksvd_update(X, Z[:3], D), r"and codes \(3, 11\)"),
        (lambda: ksvd(X, 0, 1), "got 0 and 30"),
        (lambda: ksvd(X, 5, 8), "from 1 to 5"),
        (lambda: ksvd(X, 5, 1, start=D), r"start must have shape \(7, 5\), got \(7, 11\)"),
        (lambda: DictionaryLearning(0).fit(X), "n_components must be at least 1"),
        (lambda: DictionaryLearning(lam=-1).fit(X), "got -1 and 100"),
        (lambda: DictionaryLearning(update="svd").fit(X), "got 'svd'"),
        (lambda: DictionaryLearning(4, init=D.T).fit(X), r"\(4, 7\), got \(11, 7\)"),
        (lambda: MiniBatchDictionaryLearning(batch_size=0).fit(X), "batch_size"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
