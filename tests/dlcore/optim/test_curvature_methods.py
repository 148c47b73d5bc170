"""Newton, Newton-CG, Gauss-Newton, Fisher information and K-FAC against closed forms and SciPy."""

import copy
import gc
import math

import numpy as np
import pytest
import scipy.optimize
import torch
from torch import nn

from dlcore import nn as ours
from dlcore.linalg import ConvergenceWarning, NotPositiveDefiniteError, SingularMatrixError
from dlcore.numerics import natural_gradient_step
from dlcore.optim import (
    KFAC,
    fisher_information,
    flat_loss,
    gauss_newton,
    gauss_newton_product,
    hessian_operator,
    kfac_layer_step,
    levenberg_marquardt,
    newton_cg,
    newton_step,
)
from tests.parity import assert_close


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def double_well(x):
    return x[0] ** 4 - 2 * x[0] ** 2 + x[1] ** 2


def vector(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def spd(n, seed=0):
    M = normal(n, n, seed=seed)
    return M @ M.T + 0.1 * torch.eye(n, dtype=torch.float64)


def small_network(outputs=2, bias=True):
    torch.manual_seed(0)
    layers = nn.Linear(3, 4, bias=bias), nn.Tanh(), nn.Linear(4, outputs, bias=bias)
    return nn.Sequential(*layers).double()


@pytest.mark.reference("torch.linalg.solve", of="dlcore.optim.newton_step")
def test_one_newton_step_solves_a_quadratic():
    A, b, theta = spd(5), normal(5, seed=1), normal(5, seed=2)
    minimum = torch.linalg.solve(A, b)
    assert_close(newton_step(theta, A @ theta - b, A), minimum, rtol=1e-8)
    damped = theta - torch.linalg.solve(A + 0.3 * torch.eye(5).double(), A @ theta - b)
    assert_close(newton_step(theta, A @ theta - b, A, damping=0.3), damped, rtol=1e-8)


def test_an_undamped_newton_step_runs_into_the_saddle():
    x = vector(0.1, 0.5)
    for _ in range(4):
        gradient = vector(4 * x[0] ** 3 - 4 * x[0], 2 * x[1])
        x = newton_step(x, gradient, torch.diag(vector(12 * x[0] ** 2 - 4, 2)))
    assert_close(x, vector(0, 0), atol=1e-12)


@pytest.mark.reference("torch.autograd.functional.hessian", of="dlcore.optim.flat_loss")
def test_the_cost_of_a_network_as_a_function_of_one_vector():
    model, X = small_network(), normal(7, 3)
    y = torch.arange(7) % 2
    before = copy.deepcopy(model.state_dict())
    f, theta = flat_loss(model, nn.functional.cross_entropy, X, y)
    assert theta.shape == (sum(p.numel() for p in model.parameters()),)
    assert_close(f(theta), nn.functional.cross_entropy(model(X), y))
    gradient = torch.autograd.functional.jacobian(f, theta)
    nn.functional.cross_entropy(model(X), y).backward()
    assert_close(gradient, torch.cat([p.grad.flatten() for p in model.parameters()]))
    theta.zero_()
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())


@pytest.mark.reference("torch.autograd.functional.hessian", of="dlcore.optim.hessian_operator")
def test_products_with_the_hessian():
    f, theta = flat_loss(small_network(), nn.functional.mse_loss, normal(7, 3), normal(7, 2))
    H, product = torch.autograd.functional.hessian(f, theta), hessian_operator(f, theta)
    for seed in range(3):
        v = normal(len(theta), seed=seed)
        assert_close(product(v), H @ v, rtol=1e-9)
    assert hessian_operator(lambda x: 3 * x.sum(), vector(1, 2))(vector(1, 1)).tolist() == [0, 0]


@pytest.mark.reference("scipy.optimize.minimize(method='Newton-CG')", of="dlcore.optim.newton_cg")
@pytest.mark.parametrize("start", [[-1.2, 1.0], [0.0] * 6])
def test_newton_cg_on_rosenbrocks_valley(start):
    found = newton_cg(rosenbrock, torch.tensor(start))
    theirs = scipy.optimize.minimize(
        scipy.optimize.rosen,
        start,
        jac=scipy.optimize.rosen_der,
        hess=scipy.optimize.rosen_hess,
        method="Newton-CG",
        options={"xtol": 1e-10},
    )
    assert found.converged
    assert_close(found.x, theirs.x, atol=1e-7)
    assert found.steps <= 2 * theirs.nit
    assert (found.values.diff() <= 0).all()


def test_newton_cg_leaves_a_saddle_that_newton_seeks():
    found = newton_cg(double_well, vector(0.1, 0.5))
    assert_close(found.x, vector(1, 0), atol=1e-6)


def test_newton_cg_with_a_gauss_newton_product_trains_a_network():
    model, X = small_network(), normal(20, 3)
    y = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()(X).detach()
    f, theta = flat_loss(model, nn.functional.mse_loss, X, y)
    outputs, _ = flat_loss(model, lambda z, _: z, X, y)

    def product(x, v):
        damped = gauss_newton_product(outputs, lambda z: nn.functional.mse_loss(z, y), x, v)
        return damped + 1e-4 * v

    found = newton_cg(f, theta, product=product, max_steps=60, tol=1e-4)
    assert found.converged
    assert found.values[-1] < 1e-3 * found.values[0]


def exponential_fit(n=8):
    t = torch.linspace(0, 3, n, dtype=torch.float64)
    y = 2 * torch.exp(-1.3 * t) + 0.05 * normal(n)
    return lambda x: x[0] * torch.exp(x[1] * t) - y


@pytest.mark.reference("scipy.optimize.least_squares", of="dlcore.optim.gauss_newton")
@pytest.mark.reference("scipy.optimize.least_squares", of="dlcore.optim.levenberg_marquardt")
@pytest.mark.parametrize("fit", [gauss_newton, levenberg_marquardt])
def test_a_curve_is_fitted_like_by_scipy(fit):
    residuals = exponential_fit()
    found = fit(residuals, vector(1, -1))
    theirs = scipy.optimize.least_squares(
        lambda x: residuals(torch.tensor(x)).numpy(), [1.0, -1.0], method="lm", xtol=1e-14
    )
    assert found.converged
    assert_close(found.x, theirs.x, rtol=1e-6)
    assert_close(found.values[-1], theirs.cost, rtol=1e-9)


def test_gauss_newton_solves_a_linear_problem_in_one_step():
    A, b = normal(7, 3), normal(7, seed=1)
    found = gauss_newton(lambda x: A @ x.flatten() - b, torch.zeros(3, 1, dtype=torch.float64))
    assert found.steps == 1
    assert_close(found.x[:, 0], np.linalg.lstsq(A.numpy(), b.numpy(), rcond=None)[0], rtol=1e-8)


@pytest.mark.filterwarnings("ignore::dlcore.linalg.ConvergenceWarning")
def test_gauss_newton_overshoots_where_the_leash_holds():
    """Root of arctan from 2: pure steps go to and fro, further each time."""
    pure = gauss_newton(torch.atan, vector(2.0), max_steps=4)
    assert (pure.path.abs().diff(dim=0) > 0).all()
    held = levenberg_marquardt(torch.atan, vector(2.0))
    assert held.converged
    assert (held.values.diff() < 0).all()


def test_levenberg_marquardt_where_gauss_newton_has_no_step():
    def residuals(x):
        return x.sum()[None] - 1

    with pytest.raises(ValueError, match="at least 2 residuals, got 1: use levenberg_marquardt"):
        gauss_newton(residuals, vector(0, 0))
    assert_close(levenberg_marquardt(residuals, vector(0, 0)).x, vector(0.5, 0.5), rtol=1e-6)
    with pytest.raises(SingularMatrixError, match="gauss_newton: the matrix is singular"):
        gauss_newton(lambda x: torch.cat([x[:1] - 1, 0 * x[1:]]), vector(0, 0))


@pytest.mark.reference("torch.autograd.functional.jacobian", of="dlcore.optim.gauss_newton_product")
@pytest.mark.parametrize("loss", ["cross_entropy", "mse_loss"])
def test_the_generalized_gauss_newton_matrix(loss):
    model, X = small_network(), normal(6, 3)
    y = torch.arange(6) % 2 if loss == "cross_entropy" else normal(6, 2)
    outputs, theta = flat_loss(model, lambda z, _: z, X, y)

    def of_outputs(z):
        return getattr(nn.functional, loss)(z, y)

    J = torch.autograd.functional.jacobian(outputs, theta).reshape(12, -1)
    H = torch.autograd.functional.hessian(of_outputs, outputs(theta)).reshape(12, 12)
    v = normal(len(theta), seed=3)
    product = gauss_newton_product(outputs, of_outputs, theta, v)
    assert_close(product, J.T @ H @ J @ v, rtol=1e-9)
    assert v @ product >= 0


@pytest.mark.reference("closed form 1/(p(1 - p))", of="dlcore.optim.fisher_information")
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_fisher_information_of_a_coin(p):
    def log_prob(p, x):
        return x * p.log() + (1 - x) * (1 - p).log()

    theta, x = vector(p), vector(0, 1)
    F = fisher_information(log_prob, theta, x, weights=vector(1 - p, p))
    assert_close(F, [[1 / (p * (1 - p))]])
    logit = theta.logit()
    in_logits = fisher_information(
        lambda u, x: log_prob(u.sigmoid(), x), logit, x, weights=vector(1 - p, p)
    )
    assert_close(in_logits, [[p * (1 - p)]])


def gaussian(theta, x):
    mean, log_scale = theta
    return -log_scale - ((x - mean) / log_scale.exp()) ** 2 / 2


@pytest.mark.reference("closed form diag(1/σ², 2)", of="dlcore.optim.fisher_information")
def test_fisher_information_of_a_gaussian_in_mean_and_log_scale():
    theta = vector(0.7, math.log(1.5))
    nodes, weights = np.polynomial.hermite_e.hermegauss(6)
    x = torch.tensor(0.7 + 1.5 * nodes)
    exact = fisher_information(gaussian, theta, x, weights=torch.tensor(weights / weights.sum()))
    expected = torch.diag(vector(1 / 1.5**2, 2))
    assert_close(exact, expected, rtol=1e-9)
    drawn = fisher_information(gaussian, theta, 0.7 + 1.5 * normal(100_000))
    # Standard errors: 2 of the last entry's summands (z² - 1)² vary by 60 - 4, so 0.024.
    assert_close(drawn, expected, rtol=0, atol=0.1)


def test_the_natural_step_is_invariant_under_linear_maps_and_nearly_under_others():
    target, p, lr = 0.8, vector(0.3), 0.1
    gradient = (p - target) / (p * (1 - p))
    fisher = 1 / (p * (1 - p))
    in_p = natural_gradient_step(p, gradient, fisher[None], lr)
    in_half = 2 * natural_gradient_step(p / 2, 2 * gradient, 4 * fisher[None], lr)
    in_logit = natural_gradient_step(p.logit(), p - target, 1 / fisher[None], lr).sigmoid()
    assert_close(in_p, vector(0.35))
    assert_close(in_half, in_p, rtol=1e-12)
    assert_close(in_logit, vector(0.352241), rtol=0, atol=5e-7)


@pytest.mark.reference("solving with numpy.kron", of="dlcore.optim.kfac_layer_step")
@pytest.mark.parametrize("damping", [0.0, 0.4])
def test_a_kfac_step_is_a_solve_with_the_kronecker_product(damping):
    W, g, A, G = normal(3, 5), normal(3, 5, seed=1), spd(5), spd(3)
    F = np.kron(G.numpy(), A.numpy()) + damping * np.eye(15)
    expected = W - 0.7 * torch.tensor(np.linalg.solve(F, g.flatten().numpy())).reshape(3, 5)
    assert_close(kfac_layer_step(W, g, A, G, 0.7, damping=damping), expected, rtol=1e-6)


@pytest.mark.reference(
    "exact Fisher of a linear layer with Gaussian output", of="dlcore.optim.KFAC"
)
@pytest.mark.parametrize("bias", [False, True])
def test_a_linear_layer_with_gaussian_output_is_solved_in_one_step(bias):
    """There F is the Kronecker product, and the Hessian of the squared error as well."""
    X, Y = normal(20, 3), normal(20, 2, seed=1)
    layer = nn.Linear(3, 2, bias=bias).double()
    optimizer = KFAC(layer, lr=1.0, damping=1e-10)
    z = layer(X)
    optimizer.update_factors(z, "gaussian")
    (0.5 * (z - Y) ** 2).sum(1).mean().backward()
    optimizer.step()
    inputs = torch.cat([X, torch.ones(20, 1)], 1) if bias else X
    expected = np.linalg.lstsq(inputs.numpy(), Y.numpy(), rcond=None)[0].T
    got = torch.cat([layer.weight, layer.bias[:, None]], 1) if bias else layer.weight
    assert_close(got, expected, rtol=1e-6, atol=1e-7)


@pytest.mark.reference("exact Fisher by enumerating the classes", of="dlcore.optim.KFAC")
def test_the_factors_of_a_softmax_layer_on_one_example_give_its_exact_fisher():
    """With one example the Fisher of every layer is a Kronecker product without approximation."""
    model, x = small_network(3), normal(1, 3)
    optimizer = KFAC(model)
    optimizer.update_factors(model(x), "categorical")
    scores, p = [], model(x).softmax(1)[0]
    for k in range(3):
        g = torch.autograd.grad(model(x).log_softmax(1)[0, k], list(model.parameters()))
        scores.append([torch.cat([g[i], g[i + 1][:, None]], 1).flatten() for i in (0, 2)])
    for i, layer in enumerate((model[0], model[2])):
        S = torch.stack([score[i] for score in scores])
        state = optimizer.state[layer.weight]
        assert_close(torch.kron(state["G"], state["A"]), S.T @ (p[:, None] * S), atol=1e-12)


@pytest.mark.parametrize("likelihood", ["categorical", "gaussian"])
def test_sampled_targets_give_the_exact_factors_on_average(likelihood):
    model, X = small_network(3), normal(5, 3)
    exact = KFAC(model)
    exact.update_factors(model(X), likelihood)
    generator, other = torch.Generator().manual_seed(0), copy.deepcopy(model)
    sampled = KFAC(other)
    sampled.update_factors(other(X), likelihood, samples=4000, generator=generator)
    for layer, twin in zip((model[0], model[2]), (other[0], other[2]), strict=True):
        G, estimate = exact.state[layer.weight]["G"], sampled.state[twin.weight]["G"]
        assert (G - estimate).norm() < 0.05 * G.norm()
        assert_close(exact.state[layer.weight]["A"], sampled.state[twin.weight]["A"])


def test_factors_are_running_averages_and_survive_storing():
    model = small_network()
    optimizer = KFAC(model, decay=0.9)
    batches = normal(4, 3), normal(4, 3, seed=1)
    for X in batches:
        optimizer.update_factors(model(X), "gaussian")
    inputs = [torch.cat([X, torch.ones(4, 1)], 1) for X in batches]
    A = 0.9 * inputs[0].T @ inputs[0] / 4 + 0.1 * inputs[1].T @ inputs[1] / 4
    assert_close(optimizer.state[model[0].weight]["A"], A)
    other = KFAC(model)
    other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    assert_close(other.state[model[0].weight]["A"], A)
    assert other.param_groups[0]["decay"] == 0.9


@pytest.mark.parametrize("linear", [nn.Linear, ours.Linear])
def test_kfac_needs_fewer_steps_than_gradient_descent(linear):
    torch.manual_seed(0)
    model = nn.Sequential(linear(3, 8), nn.Tanh(), linear(8, 2)).double()
    X = normal(50, 3) * vector(1, 10, 0.1)
    y = (X @ vector(1, 0.1, 10) > 0).long()
    twin, losses = copy.deepcopy(model), {}
    for name, network in (("kfac", model), ("sgd", twin)):
        if name == "kfac":
            optimizer = KFAC(network, lr=0.3, damping=1e-3)
        else:
            optimizer = torch.optim.SGD(network.parameters(), lr=0.3)

        def closure(network=network, optimizer=optimizer):
            optimizer.zero_grad()
            z = network(X)
            if isinstance(optimizer, KFAC):
                optimizer.update_factors(z, "categorical")
            loss = nn.functional.cross_entropy(z, y)
            loss.backward()
            return loss

        losses[name] = [optimizer.step(closure).item() for _ in range(60)]
    assert losses["kfac"][-1] < 0.2 * losses["sgd"][-1]


def test_a_model_can_be_copied_and_outlives_its_optimizer():
    model = small_network()
    optimizer = KFAC(model)
    z = model(normal(2, 3))
    copy.deepcopy(model)(normal(2, 3))
    optimizer.update_factors(z, "gaussian")
    del optimizer
    gc.collect()
    assert not any(layer._forward_hooks for layer in model)


def test_any_optimizer_can_use_the_natural_gradients():
    model, X, Y = small_network(), normal(10, 3), normal(10, 2)
    twin = copy.deepcopy(model)
    results = []
    for network, plain in ((model, False), (twin, True)):
        kfac = KFAC(network, lr=0.1)
        z = network(X)
        kfac.update_factors(z, "gaussian")
        nn.functional.mse_loss(z, Y).backward()
        if plain:
            kfac.precondition_()
            torch.optim.SGD(network.parameters(), lr=0.1).step()
        else:
            kfac.step()
        results.append(torch.cat([p.flatten() for p in network.parameters()]))
    assert_close(*results)


@pytest.mark.parametrize("minimize", [newton_cg, gauss_newton, levenberg_marquardt])
def test_an_unfinished_run_warns_with_the_gradient(minimize):
    with pytest.warns(ConvergenceWarning, match="no convergence after 1 steps, residual"):
        found = minimize(lambda x: (x**4).sum() + x.sum() ** 2, vector(3.0), max_steps=1)
    assert not found.converged
    with pytest.warns(ConvergenceWarning, match="residual nan"):
        minimize(lambda x: x.sum() * math.nan, vector(1.0))


@pytest.mark.bad_input
def test_bad_input():
    x, eye = vector(1, 2), torch.eye(2, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"theta and gradient \(n,\) and hessian \(n, n\), got"):
        newton_step(x, x, torch.eye(3).double())
    with pytest.raises(ValueError, match="must not be negative, got -1"):
        newton_step(x, x, eye, damping=-1)
    with pytest.raises(SingularMatrixError):
        newton_step(x, x, 0 * eye)
    with pytest.raises(ValueError, match="must return a single number"):
        hessian_operator(lambda x: x, x)
    with pytest.raises(ValueError, match="must be positive, got 0"):
        levenberg_marquardt(lambda x: x, x, damping=0)
    with pytest.raises(ValueError, match="the model has no parameters"):
        flat_loss(nn.Tanh(), nn.functional.mse_loss, x, x)
    with pytest.raises(ValueError, match=r"needs theta \(p,\), got \(2, 2\)"):
        fisher_information(lambda t, x: x, eye, x)
    with pytest.raises(ValueError, match=r"3 numbers, one a sample, got \(\)"):
        fisher_information(lambda t, x: t.sum(), x, vector(1, 2, 3))
    with pytest.raises(ValueError, match="numbers >= 0 with sum 1"):
        fisher_information(lambda t, x: t[0] * x, x, x, weights=x)
    with pytest.raises(ValueError, match="a score is not finite"):
        fisher_information(lambda t, x: t[0].log() * x, 0 * x, x)


@pytest.mark.bad_input
def test_bad_input_of_kfac():
    W, eye = torch.ones(2, 3), torch.eye(2)
    with pytest.raises(ValueError, match=r"A \(d_in, d_in\) and G \(d_out, d_out\), got"):
        kfac_layer_step(W, W, eye, eye, 0.1)
    with pytest.raises(NotPositiveDefiniteError, match="eigenvalue 0 with damping 0: use more"):
        kfac_layer_step(W, W, torch.diag(torch.tensor([1.0, 1.0, 0.0])), eye, 0.1)
    with pytest.raises(ValueError, match="symmetric"):
        kfac_layer_step(W, W, torch.eye(3), torch.tensor([[1.0, 1.0], [0.0, 1.0]]), 0.1)
    with pytest.raises(ValueError, match="no Linear layers"):
        KFAC(nn.Conv1d(1, 1, 1))
    with pytest.raises(ValueError, match="damping > 0 and 0 <= decay < 1"):
        KFAC(nn.Linear(1, 1), damping=0)
    layer = nn.Linear(2, 2)
    optimizer = KFAC(layer)
    with pytest.raises(ValueError, match="no forward pass with gradients"):
        optimizer.update_factors(torch.ones(1, 2), "gaussian")
    z = layer(torch.ones(1, 2))
    with pytest.raises(ValueError, match=r"'categorical' or 'gaussian', got .* 'poisson'"):
        optimizer.update_factors(z, "poisson")
    z.sum().backward()
    with pytest.raises(ValueError, match="call update_factors before step"):
        optimizer.step()
