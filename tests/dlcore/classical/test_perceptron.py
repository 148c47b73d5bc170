"""The perceptron against scikit-learn's, truth tables and Novikoff's bound."""

import pytest
import sklearn.linear_model
import torch

from dlcore.classical import Perceptron, mcculloch_pitts, neuron
from tests.parity import assert_close, assert_parity

BITS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
AND, OR, NAND, XOR = [0, 0, 0, 1], [0, 1, 1, 1], [1, 1, 1, 0], [0, 1, 1, 0]


@pytest.mark.reference("truth tables", of="dlcore.classical.mcculloch_pitts")
def test_gates():
    for w, threshold, table in [
        ([1.0, 1.0], 2, AND),
        ([1.0, 1.0], 1, OR),
        ([-1.0, -1.0], -1, NAND),
    ]:
        gate = mcculloch_pitts(BITS, torch.tensor(w, dtype=torch.float64), threshold)
        assert gate.tolist() == table
    hidden = torch.stack(
        [mcculloch_pitts(BITS, torch.tensor(w), t) for w, t in [([1, 1], 1), ([-1, -1], -1)]], -1
    )
    assert mcculloch_pitts(hidden, torch.tensor([1, 1]), 2).tolist() == XOR
    assert mcculloch_pitts(torch.tensor([[0], [1]]), torch.tensor([-1]), 0).tolist() == [1, 0]


@pytest.mark.reference("torch.nn.functional.linear", of="dlcore.classical.neuron")
@pytest.mark.parametrize("f", [torch.tanh, torch.relu, torch.sigmoid])
def test_a_neuron_is_a_linear_layer_of_one_unit(f):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, 5, 7, generator=generator, dtype=torch.float64)
    w = torch.randn(7, generator=generator, dtype=torch.float64)
    b = torch.tensor(0.3, dtype=torch.float64)
    assert_parity(
        lambda x, w, b: neuron(x, w, b, f),
        lambda x, w, b: f(torch.nn.functional.linear(x, w[None], b[None]))[..., 0],
        x,
        w,
        b,
    )


def overlapping(n: int = 60) -> tuple[torch.Tensor, torch.Tensor]:
    X = torch.randn(n, 3, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    return X, (X @ torch.tensor([1.0, -2.0, 0.5]).double() + 0.3 * X[:, 0].roll(1) > 0).long()


@pytest.mark.reference("sklearn.linear_model.Perceptron", of="dlcore.classical.Perceptron")
@pytest.mark.parametrize("eta", [1.0, 0.25])
def test_takes_every_step_that_scikit_learn_takes(eta):
    X, y = overlapping()
    ours = Perceptron(eta=eta, max_iter=7).fit(X, y)
    theirs = sklearn.linear_model.Perceptron(eta0=eta, max_iter=7, tol=None, shuffle=False)
    theirs.fit(X.numpy(), y.numpy())
    assert_close(ours.coef_, theirs.coef_, rtol=1e-9)
    assert_close(ours.intercept_, theirs.intercept_, rtol=1e-9, atol=1e-12)
    assert torch.equal(ours.predict(X), torch.from_numpy(theirs.predict(X.numpy())))
    assert_close(ours.decision_function(X), theirs.decision_function(X.numpy()), rtol=1e-9)


@pytest.mark.parametrize("table", [AND, OR, NAND])
def test_learns_what_a_line_separates(table):
    machine = Perceptron().fit(BITS, table)
    assert machine.converged_
    assert machine.predict(BITS).tolist() == table
    assert machine.path_.shape == (machine.n_mistakes_ + 1, 3)


def test_never_finishes_with_xor():
    machine = Perceptron(max_iter=1000).fit(BITS, XOR)
    assert not machine.converged_
    assert machine.n_iter_ == 1000
    assert machine.n_mistakes_ >= 1000
    assert machine.path_.abs().max() < 5  # the weights go round in a circle


def test_mistakes_stay_below_novikoffs_bound():
    X = torch.randn(200, 4, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    w = torch.tensor([0.5, -0.5, 0.5, 0.5], dtype=torch.float64)
    margin = X @ w
    X, margin = X[margin.abs() > 0.3], margin[margin.abs() > 0.3]
    machine = Perceptron().fit(X, (margin > 0).long())
    R = (X.square().sum(1) + 1).max()
    assert machine.converged_
    assert 0 < machine.n_mistakes_ <= R / margin.abs().min() ** 2


def test_the_step_size_scales_the_weights_and_shuffling_has_a_seed():
    X, y = overlapping()
    one, two = (Perceptron(eta=eta, max_iter=3).fit(X, y) for eta in (1.0, 0.5))
    assert_close(one.path_, 2 * two.path_, rtol=1e-12)
    a, b, c = (Perceptron(max_iter=3, shuffle=True, random_state=s).fit(X, y) for s in (0, 0, 1))
    assert torch.equal(a.path_, b.path_)
    assert not torch.equal(a.coef_, c.coef_)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mcculloch_pitts(BITS, torch.ones(3), 1), r"shape \(4, 2\) and w has shape \(3,\)"),
        (lambda: neuron(BITS, torch.ones(3).double(), 0.0, torch.relu), "one weight for each"),
        (lambda: Perceptron(eta=0.0).fit(BITS, AND), "eta must be positive"),
        (lambda: Perceptron(max_iter=0).fit(BITS, AND), "max_iter at least 1"),
        (lambda: Perceptron().fit(BITS, [0, 0, 0, 0]), "2 classes"),
        (lambda: Perceptron().fit(BITS, [0, 1, 2, 0]), "got 3 classes"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
