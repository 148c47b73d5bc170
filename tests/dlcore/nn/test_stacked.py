"""Directions, depth, dilation and trees, each against plain layers put together by torch."""

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close

N, T, D, H = 3, 7, 2, 5
KINDS = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


@pytest.fixture(autouse=True)
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def draw(generator, *shape):
    return torch.randn(shape, generator=generator)


@pytest.mark.reference("torch.nn.RNN(bidirectional=True)", of="dlcore.nn.BiRNN")
@pytest.mark.parametrize("cell", KINDS)
def test_two_directions(cell, generator):
    model = nn.BiRNN(D, H, cell)
    peer = KINDS[cell](D, H, batch_first=True, bidirectional=True)
    ahead, back = model.forward_rnn.state_dict(), model.backward_rnn.state_dict()
    peer.load_state_dict(ahead | {f"{k}_reverse": v for k, v in back.items()})
    X = draw(generator, N, T, D)
    assert_close(model(X), peer(X)[0])


@pytest.mark.parametrize("lookahead", [0, 1, 3, T - 1, 50])
def test_a_limited_look_ahead(lookahead, generator):
    model = nn.BiRNN(D, H, "gru", lookahead=lookahead)
    X = draw(generator, N, T, D)
    seen = nn.dependency_matrix(model, X) != 0
    assert torch.equal(seen, torch.ones(T, T).tril(lookahead) != 0)
    peer = torch.nn.GRU(D, H, batch_first=True)
    peer.load_state_dict(model.backward_rnn.state_dict())
    for t in range(T):
        window = X[:, t : t + lookahead + 1].flip(1)
        assert_close(model(X)[:, t, H:], peer(window)[0][:, -1])


@pytest.mark.reference("torch.nn.LSTM(num_layers=2)", of="dlcore.nn.StackedRNN")
@pytest.mark.parametrize("cell", KINDS)
def test_depth(cell, generator):
    model = nn.StackedRNN(D, H, num_layers=3, cell=cell, dropout=0.3).eval()
    peer = KINDS[cell](D, H, num_layers=3, batch_first=True)
    state = {}
    for number, layer in enumerate(model.layers):
        state |= {k.replace("_l0", f"_l{number}"): v for k, v in layer.state_dict().items()}
    peer.load_state_dict(state)
    X = draw(generator, N, T, D)
    outputs, states = model(X)
    expected, last = peer(X)
    assert_close(outputs, expected)
    ours = [s[0] if cell == "lstm" else s for s in states]
    assert_close(torch.cat(ours), last[0] if cell == "lstm" else last)
    assert_close(model.layer_outputs(X)[-1], expected)
    assert not torch.equal(model.train()(X)[0], model(X)[0])


def test_a_way_around_and_normalization(generator):
    model = nn.StackedRNN(D, H, num_layers=2, cell="gru", residual=True, layer_norm=True)
    peers = [torch.nn.GRU(d, H, batch_first=True) for d in (D, H)]
    for peer, layer in zip(peers, model.layers, strict=True):
        peer.load_state_dict(layer.state_dict())
    X = draw(generator, N, T, D)
    first = torch.nn.functional.layer_norm(peers[0](X)[0], (H,))
    second = torch.nn.functional.layer_norm(peers[1](first)[0] + first, (H,))
    assert_close(model(X)[0], second, rtol=1e-7)


@pytest.mark.reference("torch.nn.RNN on interleaved sequences", of="dlcore.nn.DilatedRNN")
@pytest.mark.parametrize("dilation", [1, 2, 3, 10])
@pytest.mark.parametrize("cell", KINDS)
def test_dilation_is_interleaving(dilation, cell, generator):
    model = nn.DilatedRNN(D, H, (dilation,), cell)
    peer = KINDS[cell](D, H, batch_first=True)
    peer.load_state_dict(model.layers[0].state_dict())
    X = draw(generator, N, T, D)
    H_ = model(X)
    for first in range(min(dilation, T)):
        assert_close(H_[:, first::dilation], peer(X[:, first::dilation])[0])


def test_dilated_layers_reach_back_in_few_steps(generator):
    X = draw(generator, 1, 12, D)
    seen = nn.dependency_matrix(nn.DilatedRNN(D, H, (2, 4)), X) != 0
    lags = torch.arange(12)[:, None] - torch.arange(12)
    assert torch.equal(seen, (lags >= 0) & (lags % 2 == 0))


@pytest.mark.reference("torch.nn.RNN along a left chain", of="dlcore.nn.TreeRNN")
def test_a_left_chain_is_a_recurrent_network(generator):
    model = nn.TreeRNN(H)
    peer = torch.nn.RNN(H, H, batch_first=True)
    with torch.no_grad():
        W_hh, W_xh = model.compose.weight.split(H, dim=1)
        peer.weight_hh_l0.copy_(W_hh)
        peer.weight_ih_l0.copy_(W_xh)
        peer.bias_ih_l0.copy_(model.compose.bias)
        peer.bias_hh_l0.zero_()
    leaves = draw(generator, T + 1, H)
    expected, _ = peer(leaves[None, 1:], leaves[None, None, 0])
    chain = nn.left_chain(T + 1)
    assert_close(model(leaves, chain), expected[0, -1])
    states = list(model.states(leaves, chain).items())
    inner = [vector for tree, vector in states if isinstance(tree, tuple)]
    assert_close(torch.stack(inner), expected[0])
    assert states[-1][0] == chain


def test_a_tree_by_hand(generator):
    model = nn.TreeRNN(H, nonlinearity="relu")
    a, b, c = leaves = draw(generator, 3, H)
    W, bias = model.compose.weight, model.compose.bias

    def parent(left, right):
        return torch.relu(W @ torch.cat([left, right]) + bias)

    assert_close(model(leaves, (0, (1, 2))), parent(a, parent(b, c)))
    assert_close(model(leaves, ((2, 0), 1)), parent(parent(c, a), b))
    assert_close(model(leaves, 1), b)
    assert torch.autograd.gradcheck(lambda x: model(x, (0, (1, 2))), leaves.requires_grad_())


@pytest.mark.reference("closed form", of="dlcore.nn.left_chain")
@pytest.mark.reference("closed form", of="dlcore.nn.balanced_tree")
@pytest.mark.reference("closed form: t - 1, ceil(log2 t)", of="dlcore.nn.tree_depth")
def test_shapes_of_trees():
    def leaves(tree):
        return [tree] if isinstance(tree, int) else leaves(tree[0]) + leaves(tree[1])

    for t in range(1, 40):
        for make, depth in ((nn.left_chain, t - 1), (nn.balanced_tree, (t - 1).bit_length())):
            assert leaves(make(t)) == list(range(t))
            assert nn.tree_depth(make(t)) == depth
    assert nn.tree_depth(nn.left_chain(3000)) == 2999


@pytest.mark.bad_input
def test_what_does_not_fit():
    for call, message in (
        (lambda: nn.BiRNN(2, 5, "tree"), "unknown cell"),
        (lambda: nn.BiRNN(2, 5, lookahead=-1), "at least 0"),
        (lambda: nn.StackedRNN(2, 5, 0), "at least 1"),
        (lambda: nn.StackedRNN(2, 5, dropout=1.0), r"\[0, 1\)"),
        (lambda: nn.DilatedRNN(2, 5, ()), "dilations"),
        (lambda: nn.DilatedRNN(2, 5, (1, 0)), "dilations"),
        (lambda: nn.DilatedRNN(2, 5)(torch.zeros(3, 7, 4)), "expected sequences"),
        (lambda: nn.left_chain(0), "at least 1 leaf"),
        (lambda: nn.balanced_tree(0), "at least 1 leaf"),
        (lambda: nn.tree_depth((0, 1, 2)), "pair of trees"),
        (lambda: nn.tree_depth((0, "b")), "pair of trees"),
        (lambda: nn.TreeRNN(5)(torch.zeros(3, 4), 0), r"\(t, 5\)"),
        (lambda: nn.TreeRNN(5)(torch.zeros(3, 5), (0, 3)), "leaf 3, there are 3"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
