"""Graph layers as products of dense matrices and as loops over neighbours."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcore import graphical
from tests.parity import assert_close

N, D, OUT = 7, 3, 5
PATH = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])


@pytest.fixture
def graph(generator):
    """Features, edges of a random graph whose last node stands alone, and its matrix."""
    torch.manual_seed(0)
    A = (torch.rand(N, N, generator=generator) < 0.5).double().triu(1)
    A[:, -1] = 0
    A = A + A.T
    x = torch.randn(N, D, generator=generator, dtype=torch.float64)
    return x, A.nonzero().T, A


@pytest.mark.reference("matrix of the edges", of="dlcore.graphical.to_undirected")
def test_both_directions_once(generator):
    one_way = torch.randint(5, (2, 9), generator=generator)
    A = torch.zeros(5, 5)
    A[one_way[0], one_way[1]] = 1
    assert torch.equal(graphical.to_undirected(one_way), (A + A.T).nonzero().T)
    assert graphical.to_undirected(torch.zeros(2, 0, dtype=torch.long)).shape == (2, 0)


@pytest.mark.reference("loops over the messages", of="dlcore.graphical.aggregate")
@pytest.mark.parametrize("kind", ["sum", "mean", "max"])
def test_aggregate(generator, kind):
    messages = torch.randn(11, D, generator=generator, dtype=torch.float64) - 3
    messages.requires_grad_()
    receivers = torch.randint(4, (11,), generator=generator)
    reduce = {"sum": torch.sum, "mean": torch.mean, "max": torch.amax}[kind]
    expected = torch.stack([reduce(messages[receivers == v], 0) for v in range(4)])
    got = graphical.aggregate(messages, receivers, 5, kind)
    assert_close(got[:4], expected)
    assert not got[4].any()
    turn = torch.randperm(11, generator=generator)
    assert_close(graphical.aggregate(messages[turn], receivers[turn], 5, kind), got)
    assert torch.autograd.gradcheck(lambda m: graphical.aggregate(m, receivers, 5, kind), messages)
    assert not graphical.aggregate(messages[:0], receivers[:0], 5, kind).any()


def test_only_the_sum_tells_multisets_apart():
    a, b = torch.tensor([[1.0, 2.0]]), torch.tensor([[4.0, -1.0]])
    four, two = torch.cat([a, a, b, b]), torch.cat([a, b])
    receivers = torch.zeros(4, dtype=torch.long)
    for kind, same in (("sum", False), ("mean", True), ("max", True)):
        pair = (graphical.aggregate(m, receivers[: len(m)], 1, kind) for m in (four, two))
        assert torch.equal(*pair) == same


@pytest.mark.reference("torch.softmax", of="dlcore.graphical.segment_softmax")
def test_segment_softmax(generator):
    scores = 300 * torch.randn(12, 2, generator=generator, dtype=torch.float64)
    receivers = torch.randint(4, (12,), generator=generator)
    got = graphical.segment_softmax(scores, receivers, 5)
    for v in range(4):
        assert_close(got[receivers == v], scores[receivers == v].softmax(0))
    assert_close(graphical.segment_softmax(scores[:, 0], receivers, 5), got[:, 0])
    small = (scores / 300).requires_grad_()
    f = lambda s: graphical.segment_softmax(s, receivers, 5)  # noqa: E731
    assert torch.autograd.gradcheck(f, small)
    assert graphical.segment_softmax(scores[:0], receivers[:0], 5).shape == (0, 2)


@pytest.mark.reference("dense A H W", of="dlcore.graphical.MessagePassing")
@pytest.mark.parametrize("kind", ["sum", "mean"])
def test_message_passing_as_matrices(graph, kind):
    x, edge_index, A = graph
    layer = graphical.MessagePassing(D, OUT, kind).double()
    if kind == "mean":
        A = A / A.sum(1, keepdim=True).clamp(min=1)
    own, neighbour = layer.self_linear, layer.neighbour_linear
    expected = F.relu(x @ own.weight.T + own.bias + A @ x @ neighbour.weight.T)
    assert_close(layer(x, edge_index), expected)


def test_messages_go_from_the_first_row_to_the_second():
    class Difference(graphical.MessagePassing):
        def message(self, sender, receiver):
            return sender - receiver

        def update(self, h, received):
            return received

    h = torch.tensor([[1.0], [10.0], [100.0]])
    out = Difference(1, 1)(h, torch.tensor([[0, 1], [2, 2]]))
    assert out.flatten().tolist() == [0, 0, -189]


@pytest.mark.reference("D^-1/2 (A + I) D^-1/2", of="dlcore.graphical.gcn_normalize")
def test_gcn_normalize(graph):
    _, edge_index, A = graph
    given = torch.rand(N, N, dtype=torch.float64)
    given = given + given.T
    for weights in (None, given[edge_index[0], edge_index[1]]):
        looped, norm = graphical.gcn_normalize(edge_index, N, weights)
        A_tilde = A * (given if weights is not None else 1) + torch.eye(N)
        D_half = torch.diag(A_tilde.sum(1) ** -0.5)
        dense = torch.sparse_coo_tensor(looped, norm, (N, N), check_invariants=True).to_dense()
        assert_close(dense.double(), D_half @ A_tilde @ D_half, rtol=1e-6)
        assert looped[:, -N:].tolist() == [list(range(N))] * 2
    looped, norm = graphical.gcn_normalize(PATH, 3)
    path = torch.sparse_coo_tensor(looped, norm, check_invariants=True).to_dense()
    written = torch.tensor([[3, 6**0.5, 0], [6**0.5, 2, 6**0.5], [0, 6**0.5, 3]]) / 6
    assert_close(path, written, rtol=1e-6)
    assert_close(torch.linalg.eigvalsh(path), torch.tensor([-1 / 6, 0.5, 1.0]), rtol=1e-4)


@pytest.mark.reference("dense matrices", of="dlcore.graphical.GCNConv")
@pytest.mark.reference("dense matrices", of="dlcore.graphical.GCN")
def test_gcn_as_matrices(graph):
    x, edge_index, A = graph
    A_tilde = A + torch.eye(N)
    D_half = torch.diag(A_tilde.sum(1) ** -0.5)
    A_hat = D_half @ A_tilde @ D_half
    model = graphical.GCN(D, 4, OUT, layers=3).double()
    for convolution in model.convolutions:
        nn.init.normal_(convolution.bias)
    h, expected = x, [x]
    for convolution in model.convolutions:
        z = A_hat @ h @ convolution.linear.weight.T + convolution.bias
        expected.append(z)
        h = F.relu(z)
    states = model.hidden_states(x, edge_index)
    assert [s.shape[1] for s in states] == [D, 4, 4, OUT]
    for state, right in zip(states, expected, strict=True):
        assert_close(state, right)
    assert_close(model(x, edge_index), expected[-1])
    plain = graphical.GCNConv(D, 2, bias=False).double()
    assert_close(plain(x, edge_index), A_hat @ x @ plain.linear.weight.T)
    weights = torch.full((edge_index.shape[1],), 2.0, dtype=torch.float64)
    looped, norm = graphical.gcn_normalize(edge_index, N, weights)
    dense = torch.sparse_coo_tensor(looped, norm, (N, N), check_invariants=True).to_dense()
    assert_close(plain(x, edge_index, weights), dense @ x @ plain.linear.weight.T)


def loops(x, edge_index):
    """For each node, the states of those that send to it."""
    return [x[edge_index[0][edge_index[1] == v]] for v in range(len(x))]


@pytest.mark.reference("loops over neighbours", of="dlcore.graphical.SAGEConv")
@pytest.mark.reference("loops over neighbours", of="dlcore.graphical.GINConv")
def test_sage_and_gin_node_by_node(graph):
    x, edge_index, _ = graph
    sage = graphical.SAGEConv(D, OUT).double()
    mlp = nn.Sequential(nn.Linear(D, 4), nn.ReLU(), nn.Linear(4, OUT)).double()
    gin = graphical.GINConv(mlp, eps=0.25, train_eps=True).double()
    for v, sent in enumerate(loops(x, edge_index)):
        mean = sent.mean(0) if len(sent) else torch.zeros(D, dtype=torch.float64)
        both = torch.cat([x[v], mean])
        W = torch.cat([sage.self_linear.weight, sage.neighbour_linear.weight], dim=1)
        assert_close(sage(x, edge_index)[v], W @ both + sage.self_linear.bias)
        assert_close(gin(x, edge_index)[v], mlp(1.25 * x[v] + sent.sum(0)))
    assert "eps" in dict(gin.named_parameters())
    assert "eps" not in dict(graphical.GINConv(mlp).named_parameters())


@pytest.mark.reference("loops over neighbours", of="dlcore.graphical.GATConv")
@pytest.mark.parametrize("concat", [True, False])
def test_gat_node_by_node(graph, concat):
    x, edge_index, _ = graph
    gat = graphical.GATConv(D, OUT, heads=2, concat=concat).double()
    nn.init.normal_(gat.bias)
    out, (looped, shares) = gat(x, edge_index), gat.attention(x, edge_index)
    assert torch.equal(looped[:, :-N], edge_index)
    h = (x @ gat.linear.weight.T).reshape(N, 2, OUT)
    for v in range(N):
        near = [*edge_index[0][edge_index[1] == v].tolist(), v]
        heads = []
        for k in range(2):
            scores = [gat.receiver[k] @ h[v, k] + gat.sender[k] @ h[u, k] for u in near]
            weights = F.leaky_relu(torch.stack(scores), 0.2).softmax(0)
            heads.append(weights @ h[near, k])
            assert_close(shares[looped[1] == v, k], weights)
        together = torch.cat(heads) if concat else (heads[0] + heads[1]) / 2
        assert_close(out[v], together + gat.bias)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: graphical.MessagePassing(D, OUT, "max"),
        lambda: graphical.GCN(D, 4, OUT),
        lambda: graphical.SAGEConv(D, OUT),
        lambda: graphical.GINConv(nn.Linear(D, OUT)),
        lambda: graphical.GATConv(D, OUT, heads=2),
    ],
)
def test_renaming_the_nodes_renames_the_outputs(graph, generator, layer):
    x, edge_index, A = graph
    turn = torch.randperm(N, generator=generator)
    f = layer().double()
    out = f(x, edge_index)
    assert_close(f(x[turn], A[turn][:, turn].nonzero().T), out[turn])
    out.sum().backward()
    assert all(p.grad.isfinite().all() for p in f.parameters())


@pytest.mark.bad_input
def test_what_does_not_fit():
    x, long = torch.zeros(3, D), torch.tensor([0, 1])
    for call, message in (
        (lambda: graphical.to_undirected(long), r"\(2, e\), got \(2,\)"),
        (lambda: graphical.aggregate(x, long, 3), r"3 messages, but receivers \(2,\)"),
        (lambda: graphical.aggregate(x[:2], long, 1), r"0\.\.0, got 0\.\.1"),
        (lambda: graphical.aggregate(x[:2], long, 3, "median"), "median"),
        (lambda: graphical.MessagePassing(D, 2, "min"), "'min'"),
        (lambda: graphical.gcn_normalize(PATH, 2), r"0\.\.1, got 0\.\.2"),
        (lambda: graphical.gcn_normalize(PATH, 3, torch.ones(3)), "4 edges, but weights"),
        (lambda: graphical.GCN(D, 2, 2, layers=0), "at least 1, got 0"),
        (lambda: graphical.GATConv(D, 2, heads=0), "heads must be at least 1"),
        (lambda: graphical.SAGEConv(D, 2)(x, PATH.T), r"\(2, e\), got \(4, 2\)"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
