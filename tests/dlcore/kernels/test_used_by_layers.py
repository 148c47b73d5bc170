"""Layers, losses and optimizers compute by the kernels where these run, and as torch's do.

On the CPU without the interpreter they keep to their own definitions: no operator is called at all.
"""

import copy

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans
from torch.nn import functional as F

from dlcore import classical, nn, optim
from dlcore.kernels import last_backend, operators
from dlcore.kernels.choice import runs_kernel
from tests.dlcore.kernels.conftest import INTERPRETED
from tests.parity import assert_close


@pytest.fixture
def assert_used(device, monkeypatch):
    """Call it with operators' names: they ran since the test began, as kernels; or nothing did."""
    monkeypatch.setattr(operators, "_ran", {})
    backend = "triton" if INTERPRETED or device == "cuda" else None

    def check(*names):
        assert {name: last_backend(name) for name in names} == dict.fromkeys(names, backend)

    return check


def values(shape, generator, device, dtype=torch.float64):
    return torch.randn(shape, generator=generator, dtype=dtype).to(device).requires_grad_()


def twins(ours, theirs, generator, device):
    """Both with the same random parameters, in float64."""
    theirs.double()
    with torch.no_grad():
        for p in theirs.parameters():
            p.copy_(0.5 * torch.randn(p.shape, generator=generator, dtype=p.dtype))
    ours.double().load_state_dict(theirs.state_dict())
    return ours.to(device), theirs.to(device)


def gradients(y, *leaves):
    """Of a sum in which every number counts otherwise."""
    weights = torch.linspace(-1, 1, y.numel(), dtype=y.dtype, device=y.device).view(y.shape)
    return torch.autograd.grad((y * weights).sum(), leaves)


def assert_alike(ours, theirs, x):
    """Values, and gradients by x and all parameters."""
    found, expected = ours(x), theirs(x)
    assert_close(found, expected, atol=1e-10)
    pairs = zip(
        gradients(found, x, *ours.parameters()),
        gradients(expected, x, *theirs.parameters()),
        strict=True,
    )
    for actual, of_torch in pairs:
        assert_close(actual, of_torch, atol=1e-10)


class Outputs(torch.nn.Module):
    """The first result of a layer alone."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


class Attention(torch.nn.Module):
    """Self-attention without weights, causal or not, by our layer or torch's."""

    def __init__(self, layer, is_causal):
        super().__init__()
        self.layer, self.is_causal = layer, is_causal

    def forward(self, x):
        if isinstance(self.layer, nn.MultiHeadAttention):
            return self.layer(x, x, x, is_causal=self.is_causal, need_weights=False)[0]
        hidden = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        mask = hidden if self.is_causal else None
        return self.layer(x, x, x, attn_mask=mask, need_weights=False)[0]


LAYERS = {  # ours, torch's, the shape of an input, the operator
    "LayerNorm": (nn.LayerNorm(5), torch.nn.LayerNorm(5), (2, 3, 5), "layer_norm"),
    "LayerNorm of (3, 5)": (
        nn.LayerNorm((3, 5)), torch.nn.LayerNorm((3, 5)), (2, 3, 5), "layer_norm"
    ),
    "RMSNorm": (nn.RMSNorm(5, 1e-3), torch.nn.RMSNorm(5, 1e-3), (2, 3, 5), "rms_norm"),
    "BatchNorm1d": (nn.BatchNorm1d(5), torch.nn.BatchNorm1d(5), (7, 5), "batch_norm"),
    "BatchNorm2d": (nn.BatchNorm2d(3), torch.nn.BatchNorm2d(3), (2, 3, 5, 2), "batch_norm"),
    "ReLU": (nn.ReLU(), torch.nn.ReLU(), (3, 7), "bias_activation"),
    "SiLU": (nn.SiLU(), torch.nn.SiLU(), (3, 7), "bias_activation"),
    "GELU": (nn.GELU(), torch.nn.GELU(), (3, 7), "bias_activation"),
    "GELU by tanh": (nn.GELU("tanh"), torch.nn.GELU("tanh"), (3, 7), "bias_activation"),
    "Softmax": (nn.Softmax(), torch.nn.Softmax(-1), (3, 7), "softmax"),
    "Conv2d": (
        nn.Conv2d(2, 4, (3, 2), 2, 1, groups=2),
        torch.nn.Conv2d(2, 4, (3, 2), 2, 1, groups=2),
        (2, 2, 5, 7),
        "conv2d",
    ),
    "Conv2d, reflected": (
        nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect", bias=False),
        torch.nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect", bias=False),
        (2, 4, 3),
        "conv2d",
    ),
}  # fmt: skip
each = pytest.mark.parametrize("name", LAYERS)


@each
def test_layers_of_one_input(name, device, assert_used, generator):
    *both, shape, operator = LAYERS[name]
    ours, theirs = twins(*map(copy.deepcopy, both), generator, device)
    assert_alike(ours, theirs, values(shape, generator, device))
    backward = "conv2d" if operator == "conv2d" else f"{operator}_backward"
    assert_used(operator, backward)
    for mine, of_torch in zip(ours.buffers(), theirs.buffers(), strict=True):
        assert_close(mine, of_torch)


class Loss(torch.nn.Module):
    """Cross-entropy of labels, by example."""

    def forward(self, logits):
        labels = torch.arange(len(logits), device=logits.device)
        return nn.cross_entropy(logits, labels, "none", label_smoothing=0.1)


MORE = {
    "attention": (Attention(nn.MultiHeadAttention(6, 2), is_causal=True), (2, 3, 6)),
    "LSTM": (Outputs(nn.LSTM(3, 2)), (2, 3, 3)),
    "GRU": (Outputs(nn.GRU(3, 2)), (2, 3, 3)),
    "cross-entropy": (Loss(), (3, 5)),
}


@pytest.mark.parametrize("name", [*LAYERS, *MORE])
def test_under_autocast_the_type_is_that_of_the_definition(name, device, monkeypatch, generator):
    layer, shape = MORE.get(name) or LAYERS[name][::2]
    layer = copy.deepcopy(layer).to(device, torch.float32)
    found = {}
    for dtype in (torch.float32, torch.bfloat16):
        x = values(shape, generator, device, torch.float32).detach().to(dtype)
        for wish in ("torch", "triton" if INTERPRETED else "auto"):
            monkeypatch.setenv("DLCORE_KERNELS", wish)
            with torch.autocast(device, torch.bfloat16):
                found[wish] = layer(x).detach()
        definition, kernel = found.values()
        assert kernel.dtype == definition.dtype
        # each of them may round to bfloat16 a few times
        assert (kernel - definition).abs().max() <= 4 * 2**-8 * definition.abs().max()


def test_batch_norm_with_a_plain_average_and_in_evaluation(device, assert_used, generator):
    ours, theirs = (m.BatchNorm1d(3, momentum=None).double().to(device) for m in (nn, torch.nn))
    for n in (4, 7):
        x = values((n, 3), generator, device)
        assert_close(ours(x), theirs(x))
    assert_used("batch_norm")
    assert_close(ours.running_var, theirs.running_var)
    assert_close(ours.eval()(x), theirs.eval()(x))


def test_dropout(device, assert_used):
    torch.manual_seed(0)
    x = torch.full((5, 1001), 2.0, device=device, requires_grad=True)
    layer = nn.Dropout(0.2)
    y = layer(x)
    (grad,) = torch.autograd.grad(y.sum(), x)
    assert_used("dropout")
    assert_close(y, torch.where(y == 0, 0, 2.5))
    assert_close(grad, torch.where(y == 0, 0, 1.25))
    assert abs((y == 0).double().mean() - 0.2) < 4 * (0.16 / y.numel()) ** 0.5
    assert layer.eval()(x) is x


def test_embedding(device, assert_used, generator):
    tokens = torch.tensor([[3, 0, 3], [1, 2, 0]], dtype=torch.uint8, device=device)
    ours, theirs = twins(nn.Embedding(4, 5, 2), torch.nn.Embedding(4, 5, 2), generator, device)
    found, expected = ours(tokens), theirs(tokens.long())
    assert_close(found, expected)
    assert_close(gradients(found, ours.weight)[0], gradients(expected, theirs.weight)[0])
    assert_used("embedding", "embedding_backward")


@pytest.mark.parametrize("name", ["LSTM", "GRU"])
def test_recurrent_layers(name, device, assert_used, generator):
    ours, theirs = twins(
        getattr(nn, name)(3, 2), getattr(torch.nn, name)(3, 2, batch_first=True), generator, device
    )
    X = values((2, 3, 3), generator, device)
    assert_alike(*(Outputs(layer) for layer in (ours, theirs)), X)
    cell = f"{name.lower()}_cell"
    assert_used(cell, f"{cell}_backward")


@pytest.mark.parametrize("name", ["LSTM", "GRU"])
def test_single_cells(name, device, assert_used, generator):
    ours, theirs = twins(
        *(getattr(m, f"{name}Cell")(3, 2, bias=False) for m in (nn, torch.nn)), generator, device
    )
    x, h = values((4, 3), generator, device), values((4, 2), generator, device)
    state = (h, h.flip(0)) if name == "LSTM" else h
    found, expected = (
        torch.stack(y) if isinstance(y, tuple) else y for y in (ours(x, state), theirs(x, state))
    )
    assert_close(found, expected)
    for actual, of_torch in zip(gradients(found, x, h), gradients(expected, x, h), strict=True):
        assert_close(actual, of_torch)
    assert_used(f"{name.lower()}_cell")


def test_historic_gates_have_no_kernel(device, monkeypatch, generator):
    monkeypatch.setattr(operators, "_ran", {})
    x = values((2, 3), generator, device, torch.float32)
    nn.LSTMCell(3, 2, forget_gate=False).to(device)(x)
    nn.GRUCell(3, 2, reset_after=False).to(device)(x)
    assert operators._ran == {}


@pytest.mark.parametrize("is_causal", [False, True], ids=["all", "causal"])
def test_attention_without_weights(is_causal, device, assert_used, generator):
    layers = nn.MultiHeadAttention(6, 2, 0.5), torch.nn.MultiheadAttention(6, 2, batch_first=True)
    ours, theirs = twins(*layers, generator, device)
    x = values((2, 5, 6), generator, device)
    assert_alike(Attention(ours.eval(), is_causal), Attention(theirs, is_causal), x)
    assert_used("attention", "attention_backward")


def test_attention_with_weights_masks_or_dropout(device, assert_used, generator):
    layers = nn.MultiHeadAttention(6, 2, 0.5), torch.nn.MultiheadAttention(6, 2, batch_first=True)
    ours, theirs = twins(*layers, generator, device)
    x, real = values((2, 5, 6), generator, device), torch.arange(5, device=device) < 4
    real = real.expand(2, 5)
    ours(x, x, x, need_weights=False)
    options = {"need_weights": False}
    found, _ = ours.eval()(x, x, x, key_mask=real, **options)
    assert_close(found, theirs(x, x, x, key_padding_mask=~real, **options)[0])
    assert_close(ours(x, x, x)[1], theirs(x, x, x)[1])
    assert last_backend("attention") is None
    assert_used("softmax")


def test_attention_with_a_cache_sees_what_came_before(device, assert_used, generator):
    layer = nn.MultiHeadAttention(6, 2).double().to(device)
    x, cache = values((2, 5, 6), generator, device).detach(), nn.KeyValueCache()
    whole = Attention(layer, is_causal=True)(x)
    pieces = [
        layer(p, p, p, is_causal=True, need_weights=False, cache=cache)[0]
        for p in x.split([2, 1, 2], dim=1)
    ]
    assert_used("attention")
    assert_close(torch.cat(pieces, dim=1), whole)
    first = layer(x[:, :1], x, x, is_causal=True, need_weights=False)[0]
    assert_close(first, whole[:, :1])


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy(smoothing, device, assert_used, generator):
    logits = values((5, 7), generator, device)
    labels = torch.tensor([0, 6, 3, 3, 1], device=device)
    found, expected = (
        f(logits, labels, label_smoothing=smoothing) for f in (nn.cross_entropy, F.cross_entropy)
    )
    assert_close(found, expected)
    assert_close(gradients(found, logits)[0], gradients(expected, logits)[0])
    assert_used("cross_entropy", "cross_entropy_backward")


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_adam(name, maximize, device, assert_used, generator):
    start = [values(shape, generator, device) for shape in ((3, 5), (7,))]
    ends = []
    for module in (optim, torch.optim):
        params = [p.detach().clone().requires_grad_() for p in start]
        optimizer = getattr(module, name)(params, lr=0.1, maximize=maximize)
        for _ in range(3):
            optimizer.zero_grad()
            sum(p.square().sum() for p in params).backward()
            optimizer.step()
        ends.append([p.detach() for p in params])
    assert_used("adamw")
    for actual, expected in zip(*ends, strict=True):
        assert_close(actual, expected)


@pytest.mark.parametrize("options", [{"amsgrad": True}, {"weight_decay": 0.1}], ids=str)
def test_what_adams_kernel_does_not_know(options, device, monkeypatch):
    monkeypatch.setattr(operators, "_ran", {})
    ends = []
    for module in (optim, torch.optim):
        p = torch.ones(3, dtype=torch.float64, device=device, requires_grad=True)
        optimizer = module.Adam([p], lr=0.1, **options)
        for slope in (1.0, -3.0):
            p.grad = torch.full_like(p, slope)
            optimizer.step()
        ends.append(p.detach())
    assert_close(*ends)
    assert operators._ran == {}


def test_nearest_neighbors(device, assert_used, generator):
    X, Q = values((17, 3), generator, device), values((5, 3), generator, device)
    with torch.no_grad():
        Q[2] = X[4]
    found = classical.nearest_neighbors(X, Q, k=3)
    expected = torch.cdist(Q, X).topk(3, largest=False)
    assert_used("nearest_neighbors")
    assert torch.equal(found.indices, expected.indices)
    assert_close(found.distances, expected.values)
    both = zip(gradients(found.distances, X, Q), gradients(expected.values, X, Q), strict=True)
    for actual, of_torch in both:
        assert_close(actual, of_torch)


def test_k_means(device, assert_used, generator):
    X = values((40, 2), generator, device).detach()
    ours = classical.KMeans(3, init=X[:3], tol=0.0).fit(X)
    theirs = KMeans(3, init=np.asarray(X[:3].cpu()), n_init=1, tol=0.0).fit(X.cpu().numpy())
    assert_used("nearest_neighbors")
    assert_close(ours.cluster_centers_, theirs.cluster_centers_)
    assert np.array_equal(ours.labels_.cpu(), theirs.labels_)
    assert_close(torch.tensor(ours.inertia_), theirs.inertia_)


def test_examples_by_vmap(device, generator):
    layer = nn.LayerNorm(5).double().to(device)
    x = values((3, 2, 5), generator, device).detach()
    assert_close(torch.func.vmap(layer)(x), F.layer_norm(x, (5,)))


def test_an_exported_program_holds_torchs_operations_only(device):
    program = torch.export.export(nn.LayerNorm(5).to(device), (torch.zeros(2, 5, device=device),))
    assert not any("dlcore" in str(node.target) for node in program.graph.nodes)


def test_what_is_on_the_cpu_is_asked_for_in_vain(monkeypatch):
    monkeypatch.setenv("DLCORE_KERNELS", "auto")
    assert not runs_kernel(torch.zeros(3), None)
