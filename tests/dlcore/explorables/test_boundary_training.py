import numpy as np
import pytest
import torch
from contourpy import contour_generator
from torch import nn

from dlcore.explorables import boundary_training
from dlcore.explorables.boundary_training import NAMES, SCRIPTS, _examples, network, train
from dlcore.explorables.panel import BOTTOM, LEFT, RIGHT, TOP
from tests.parity import assert_close

LAYERS = {"identity": nn.Identity, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
PREPARE = """(() => {
  const net = initialize(sizes, activation, seed), start = structuredClone(net);
  const X = Float64Array.from(points.flat());
  const first = gradients(net, activation, X, y);
  const losses = Array.from({ length: steps }, () => descend(net, activation, X, y, eta).loss);
  return { start, first, losses, net, logits: forward(net, activation, X).Z.at(-1) };
})()"""


def torch_network(layers, activation):
    """A torch.nn.Sequential with the weights that the page starts from."""
    model = nn.Sequential()
    for layer in layers:
        linear = nn.Linear(layer["columns"], layer["rows"], dtype=torch.float64)
        W = torch.tensor(layer["W"], dtype=torch.float64).reshape(linear.weight.shape)
        linear.load_state_dict({"weight": W, "bias": torch.tensor(layer["b"])})
        model.extend([linear, LAYERS[activation]()])
    return model[:-1]


def flat(layers, names):
    numbers = [v for layer in layers for n in names for v in layer[n]]
    return torch.tensor(numbers, dtype=torch.float64)


@pytest.mark.reference("torch.nn.Sequential", of="dlcore.explorables.boundary_training")
@pytest.mark.parametrize("hidden", [[5], [5, 3]])
@pytest.mark.parametrize("activation", LAYERS)
def test_forward_gradient_and_steps_agree_with_torch(javascript, activation, hidden):
    X, y = _examples("moons")
    X, y, steps, eta = X[::3], y[::3], 37, 0.3
    got = javascript(
        SCRIPTS,
        PREPARE,
        sizes=[2, *hidden, 1],
        activation=activation,
        seed=11,
        steps=steps,
        points=X.tolist(),
        y=y.tolist(),
        eta=eta,
    )
    model = torch_network(got["start"], activation)
    optimizer = torch.optim.SGD(model.parameters(), lr=eta)
    losses = []
    for t in range(steps):
        optimizer.zero_grad()
        loss = nn.BCEWithLogitsLoss()(model(X).squeeze(1), y)
        loss.backward()
        if t == 0:
            gradient = torch.cat([p.grad.flatten() for p in model.parameters()])
            assert_close(flat(got["first"]["layers"], ("dW", "db")), gradient, rtol=1e-12)
            right = ((model(X).squeeze(1) > 0) == (y > 0)).sum().item()
            assert got["first"]["right"] == right
        losses.append(loss.item())
        optimizer.step()
    assert_close(got["losses"], losses, rtol=1e-11)
    after = torch.cat([p.detach().flatten() for p in model.parameters()])
    assert_close(flat(got["net"], ("W", "b")), after, rtol=1e-10)
    assert_close(got["logits"], model(X).detach().squeeze(1), rtol=1e-10)


@pytest.mark.parametrize(("activation", "layers"), [("tanh", 1), ("relu", 2)])
def test_the_still_is_what_the_page_arrives_at(javascript, activation, layers):
    X, y = _examples("circles")
    got = javascript(
        SCRIPTS,
        PREPARE,
        sizes=[2, *[7] * layers, 1],
        activation=activation,
        seed=3,
        steps=100,
        points=X.tolist(),
        y=y.tolist(),
        eta=0.3,
    )
    model = network(7, layers, activation, seed=3)
    before = torch.cat([p.detach().flatten() for p in model.parameters()])
    assert_close(flat(got["start"], ("W", "b")), before, rtol=1e-13)
    assert_close(train(model, X, y, 0.3, steps=100)[:-1], got["losses"], rtol=1e-9)


def test_the_boundary_in_the_page_is_as_long_as_contourpys(javascript):
    x, y = np.linspace(-2, 2, 80), np.linspace(-1.25, 1.25, 50)
    field = np.hypot(x, y[:, None] * 1.3) - 0.8 + 0.1 * np.sin(5 * x)
    scale = "{ X: (v) => 1e4 * v, Y: (v) => 1e4 * v }"
    d = javascript(SCRIPTS, f"levelLine(field.flat(), {scale})", field=field.tolist())
    ends = np.array([part.replace("L", ",").split(",") for part in d.split("M")[1:]], dtype=float)
    length = np.hypot(*(ends[:, :2] - ends[:, 2:]).T).sum() / 1e4
    lines = contour_generator(x=x, y=y, z=field).lines(0.0)
    expected = sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines)
    assert length == pytest.approx(expected, rel=1e-3)


def solved(javascript, activation, hidden, eta=1.0, steps=2000, seeds=8):
    """From how many first weights every point of the circles is on its side at some step."""
    X, y = _examples("circles")
    return javascript(
        SCRIPTS,
        """Array.from({ length: seeds }, (_, seed) => {
          const net = initialize([2, hidden, 1], activation, seed);
          const X = Float64Array.from(points.flat());
          for (let t = 0; t < steps; t++)
            if (descend(net, activation, X, y, eta).right === y.length) return 1;
          return 0;
        }).reduce((a, b) => a + b)""",
        hidden=hidden,
        activation=activation,
        seeds=seeds,
        steps=steps,
        points=X.tolist(),
        y=y.tolist(),
        eta=eta,
    )


def test_the_finding_three_units_close_the_boundary_and_two_do_not(javascript):
    assert solved(javascript, "tanh", 3) == 8
    assert solved(javascript, "tanh", 2) == 0
    assert solved(javascript, "relu", 2, eta=0.3) == 0
    assert 0 < solved(javascript, "relu", 3, eta=0.3) < 8
    assert solved(javascript, "relu", 8, eta=0.3) == 8
    assert solved(javascript, "identity", 16, eta=0.3, seeds=2) == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_data_set_fits_the_picture(name):
    X, y = _examples(name)
    assert X.abs().amax(0)[0] <= 1.81
    assert X.abs().amax(0)[1] <= 1.11
    assert y.unique().tolist() == [0, 1]


def test_the_still_holds_every_point_and_a_wash_without_gaps():
    svg = boundary_training("xor", hidden=2).panels[0].svg()
    _, y = _examples("xor")
    assert svg.count("h0") == (y == 0).sum()
    assert svg.count("l4,7h-8z") == (y == 1).sum()
    assert f"M{LEFT},{TOP}V{BOTTOM}H{RIGHT}V{TOP}z" in svg


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": "rings"}, "unknown choice 'rings': choose from circles"),
        ({"activation": "gelu"}, "unknown choice 'gelu': choose from identity"),
        ({"hidden": 0}, "hidden must lie between 1 and 16, got 0"),
        ({"layers": 3}, "layers must lie between 1 and 2, got 3"),
        ({"learning_rate": float("nan")}, "learning_rate must lie between 0.01 and 10, got nan"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        boundary_training(**arguments)
