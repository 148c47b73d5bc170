"""Readouts, links, measures, cascades and data of graphs, against networkx and by counting."""

import itertools

import networkx as nx
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcore import graphical
from dlcore.data import make_molecules
from dlcore.linalg import graph_laplacian
from tests.parity import assert_close

PATH = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
CLUB = nx.karate_club_graph()


def edges_of(graph):
    return graphical.to_undirected(torch.tensor(list(graph.edges)).T)


@pytest.mark.reference("networkx.karate_club_graph", of="dlcore.graphical.karate_club")
@pytest.mark.reference("networkx.karate_club_graph", of="dlcore.graphical.Graph")
def test_karate_club():
    graph = graphical.karate_club()
    assert isinstance(graph, graphical.Graph)
    A = torch.zeros(34, 34)
    A[graph.edge_index[0], graph.edge_index[1]] = 1
    assert torch.equal(A, torch.from_numpy(nx.to_numpy_array(CLUB, weight=None)).float())
    clubs = ["Officer" if y else "Mr. Hi" for y in graph.y]
    assert clubs == [CLUB.nodes[v]["club"] for v in range(34)]
    looped, norm = graphical.gcn_normalize(graph.edge_index, 34)
    A_hat = torch.sparse_coo_tensor(looped, norm, check_invariants=True).to_dense().double()
    values, vectors = torch.linalg.eigh(A_hat)
    assert_close(values[[0, -2, -1]], torch.tensor([-0.420110, 0.896142, 1.0]), rtol=1e-5)
    root = (1 + A.sum(1)).sqrt().double()
    assert_close(vectors[:, -1].abs(), root / root.norm(), rtol=1e-4)


def test_two_labels_split_the_club():
    graph, labelled = graphical.karate_club(), torch.tensor([0, 33])
    torch.manual_seed(0)
    model = graphical.GCN(34, 16, 2)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(60):
        optimizer.zero_grad()
        logits = model(graph.x, graph.edge_index)
        F.cross_entropy(logits[labelled], graph.y[labelled]).backward()
        optimizer.step()
    assert (logits.argmax(1) == graph.y).sum() >= 30


@pytest.mark.reference("chances within and between", of="dlcore.graphical.make_communities")
def test_communities():
    graph = graphical.make_communities(200, 4, p_in=0.3, p_out=0.05)
    assert graph.y.bincount().tolist() == [50] * 4
    same = graph.y[graph.edge_index[0]] == graph.y[graph.edge_index[1]]
    within, between = 4 * 50 * 49, 200 * 150
    assert int(same.sum()) / within == pytest.approx(0.3, abs=5 * (0.21 * 2 / within) ** 0.5)
    assert int((~same).sum()) / between == pytest.approx(0.05, abs=5 * (0.05 * 2 / between) ** 0.5)
    again = graphical.make_communities(200, 4, p_in=0.3, p_out=0.05)
    assert torch.equal(graph.edge_index, again.edge_index)
    assert torch.equal(graph.edge_index, graphical.to_undirected(graph.edge_index))


@pytest.mark.reference("graph by graph", of="dlcore.graphical.join_graphs")
@pytest.mark.reference("graph by graph", of="dlcore.graphical.GraphBatch")
@pytest.mark.reference("atoms and bonds", of="dlcore.graphical.molecule_graph")
@pytest.mark.reference("torch.sum", of="dlcore.graphical.global_add_pool")
@pytest.mark.reference("torch.mean", of="dlcore.graphical.global_mean_pool")
@pytest.mark.reference("torch.amax", of="dlcore.graphical.global_max_pool")
def test_a_batch_says_what_each_graph_says():
    torch.manual_seed(0)
    molecules = make_molecules(6, smallest=2, largest=8)
    graphs = [graphical.molecule_graph(m) for m in molecules]
    for m, graph in zip(molecules, graphs, strict=True):
        assert torch.equal(graph.x.argmax(1), m.atoms)
        assert torch.equal(graph.edge_index, m.bonds.nonzero().T)
        assert graph.y.tolist() == [int(m.hydrogens.sum())]
    batch = graphical.join_graphs(graphs)
    assert isinstance(batch, graphical.GraphBatch)
    assert torch.equal(batch.y, torch.cat([graph.y for graph in graphs]))
    layer = graphical.GINConv(nn.Linear(3, 5))
    h = layer(batch.x, batch.edge_index)
    alone = [layer(graph.x, graph.edge_index) for graph in graphs]
    for pool, reduce in (
        (graphical.global_add_pool, torch.sum),
        (graphical.global_mean_pool, torch.mean),
        (graphical.global_max_pool, torch.amax),
    ):
        expected = torch.stack([reduce(one, 0) for one in alone])
        assert_close(pool(h, batch.batch), expected, rtol=1e-4, atol=1e-5)
        assert not pool(h, batch.batch, 8)[6:].any()


@pytest.mark.reference("torch.einsum", of="dlcore.graphical.LinkPredictor")
def test_link_predictor(generator):
    h = torch.randn(5, 3, generator=generator)
    pairs = torch.tensor([[0, 1, 4], [2, 1, 0]])
    expected = torch.einsum("pd,pd->p", h[pairs[0]], h[pairs[1]])
    assert_close(graphical.LinkPredictor()(h, pairs), expected, rtol=1e-5)


@pytest.mark.reference("networkx.complement", of="dlcore.graphical.sample_non_edges")
def test_non_edges(generator):
    club = graphical.karate_club()
    absent = {tuple(sorted(pair)) for pair in nx.complement(CLUB).edges}
    every = graphical.sample_non_edges(club.edge_index, 34, len(absent), generator=generator)
    assert {tuple(pair) for pair in every.T.tolist()} == absent
    some = graphical.sample_non_edges(club.edge_index.flip(0), 34, 9, generator=generator)
    assert len({tuple(pair) for pair in some.T.tolist()} & absent) == 9


@pytest.mark.reference("trace of X^T L X, L dense", of="dlcore.graphical.dirichlet_energy")
def test_dirichlet_energy(generator):
    club = graphical.karate_club()
    x = torch.randn(34, 3, generator=generator, dtype=torch.float64)
    A = torch.from_numpy(nx.to_numpy_array(CLUB, weight=None))
    L = torch.diag(A.sum(1)) - A
    plain = graphical.dirichlet_energy(x, club.edge_index, normalized=False)
    assert_close(plain, torch.trace(x.T @ L @ x))
    assert_close(L, graph_laplacian(A))
    D_half = torch.diag((1 + A.sum(1)) ** -0.5)
    A_hat = D_half @ (A + torch.eye(34)) @ D_half
    energies = []
    for _ in range(6):
        energies.append(graphical.dirichlet_energy(x, club.edge_index))
        assert_close(energies[-1], torch.trace(x.T @ (torch.eye(34) - A_hat) @ x))
        x = A_hat @ x
    assert all(after < before for before, after in itertools.pairwise(energies))


@pytest.mark.reference(
    "networkx.single_source_shortest_path_length", of="dlcore.graphical.graph_receptive_field"
)
def test_receptive_field_is_where_the_gradient_goes():
    club = graphical.karate_club()
    torch.manual_seed(0)
    for layers in range(4):
        near = nx.single_source_shortest_path_length(CLUB, 16, cutoff=layers)
        field = graphical.graph_receptive_field(club.edge_index, 16, layers, 34)
        assert set(field.nonzero().flatten().tolist()) == set(near)
        if layers:
            x = torch.rand(34, 2, requires_grad=True)
            model = graphical.GCN(2, 8, 1, layers=layers)
            for p in model.parameters():
                nn.init.uniform_(p)  # nothing is cut off by a ReLU
            model(x, club.edge_index)[16].sum().backward()
            assert torch.equal(x.grad.abs().sum(1) > 0, field)
    one_way = torch.tensor([[0, 1], [1, 2]])
    assert graphical.graph_receptive_field(one_way, 2, 2, 3).tolist() == [True] * 3
    assert graphical.graph_receptive_field(one_way, 0, 2, 3).tolist() == [True, False, False]


@pytest.mark.reference(
    "networkx.weisfeiler_lehman_subgraph_hashes", of="dlcore.graphical.weisfeiler_lehman"
)
def test_weisfeiler_lehman():
    plain = nx.Graph(CLUB.edges)
    nx.set_node_attributes(plain, "a", "kind")
    for rounds in range(1, 4):
        hashes = nx.weisfeiler_lehman_subgraph_hashes(plain, node_attr="kind", iterations=rounds)
        names = [hashes[v][rounds - 1] for v in range(34)]
        colors = graphical.weisfeiler_lehman(edges_of(CLUB), 34, rounds=rounds).tolist()
        for u, v in itertools.combinations(range(34), 2):
            assert (names[u] == names[v]) == (colors[u] == colors[v])
    start = torch.arange(6) % 2 * 7
    hexagon = edges_of(nx.cycle_graph(6))
    assert graphical.weisfeiler_lehman(hexagon, 6, colors=start).tolist() == [0, 1, 0, 1, 0, 1]


def test_two_triangles_look_like_a_hexagon_to_every_layer():
    triangles = edges_of(nx.disjoint_union(nx.cycle_graph(3), nx.cycle_graph(3)))
    hexagon = edges_of(nx.cycle_graph(6))
    both = torch.cat([triangles, hexagon + 6], dim=1)
    assert not graphical.weisfeiler_lehman(both, 12).any()
    torch.manual_seed(0)
    x, batch = torch.ones(12, 2), torch.arange(12) // 6
    for layer in (
        graphical.MessagePassing(2, 3),
        graphical.GCN(2, 4, 3),
        graphical.SAGEConv(2, 3),
        graphical.GINConv(nn.Linear(2, 3)),
        graphical.GATConv(2, 3),
    ):
        a, b = graphical.global_add_pool(layer(x, both), batch)
        assert_close(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.reference("all subsets of the edges", of="dlcore.graphical.independent_cascade")
def test_cascade_against_enumeration(generator):
    edge_index = torch.tensor([[0, 1, 0, 3], [1, 2, 2, 0]])
    p = torch.tensor([0.5, 0.8, 0.3, 0.9])
    expected = torch.zeros(4, dtype=torch.float64)
    for live in itertools.product([0, 1], repeat=4):
        chance = float(torch.where(torch.tensor(live) == 1, p, 1 - p).prod())
        kept = nx.DiGraph([e for e, on in zip(edge_index.T.tolist(), live, strict=True) if on])
        kept.add_nodes_from(range(4))
        for v in {0, *nx.descendants(kept, 0)}:
            expected[v] += chance
    samples = 20_000
    reached = graphical.independent_cascade(
        edge_index, p, [0], 4, samples=samples, generator=generator
    )
    assert reached.shape == (samples, 4)
    share = reached.double().mean(0)
    error = (expected * (1 - expected)).clamp(min=0).div(samples).sqrt()
    assert ((share - expected).abs() <= 4.5 * error + 1e-6).all()
    assert expected[2] == pytest.approx(1 - (1 - 0.3) * (1 - 0.5 * 0.8))
    everyone = graphical.independent_cascade(edge_index, 1.0, torch.tensor([3]), 4, samples=1)
    nobody = graphical.independent_cascade(edge_index, 0.0, [3], 4, samples=1)
    assert everyone.all()
    assert nobody.tolist() == [[False, False, False, True]]


@pytest.mark.reference("all pairs of seeds", of="dlcore.graphical.greedy_seeds")
def test_greedy_seeds(generator):
    club = graphical.karate_club()
    seeds = graphical.greedy_seeds(
        club.edge_index, 0.1, 2, 34, samples=400, generator=generator.manual_seed(1)
    )
    live = torch.rand(400, club.edge_index.shape[1], generator=generator.manual_seed(1)) < 0.1
    reach = torch.zeros(34, 400, 34, dtype=torch.bool)
    for i, row in enumerate(live):
        kept = nx.DiGraph(club.edge_index.T[row].tolist())
        kept.add_nodes_from(range(34))
        for v in range(34):
            reach[v, i, [v, *nx.descendants(kept, v)]] = True
    assert seeds[0] == int(reach.sum((1, 2)).argmax())
    pairs = {(u, v): int((reach[u] | reach[v]).sum()) for u in range(34) for v in range(u)}
    with_first = {pair: value for pair, value in pairs.items() if seeds[0] in pair}
    chosen = pairs[max(seeds), min(seeds)]
    assert chosen == max(with_first.values())
    assert chosen >= (1 - 1 / 2.718281828) * max(pairs.values())


@pytest.mark.bad_input
def test_what_does_not_fit():
    x, zero = torch.zeros(3, 2), torch.zeros(3, dtype=torch.long)
    graph = graphical.Graph(x, PATH, zero)
    for call, message in (
        (lambda: graphical.join_graphs([]), "one number of features"),
        (lambda: graphical.join_graphs([graph, graph._replace(x=x[:, :1])]), r"got \[1, 2\]"),
        (lambda: graphical.make_communities(3, 4), "1 <= k <= n"),
        (lambda: graphical.global_add_pool(x, zero[:2]), r"3 messages, but receivers \(2,\)"),
        (lambda: graphical.global_max_pool(x, zero + 2, 2), r"0\.\.1, got 2\.\.2"),
        (lambda: graphical.LinkPredictor()(x, PATH + 1), r"0\.\.2, got 1\.\.3"),
        (lambda: graphical.sample_non_edges(PATH, 3, 2), "2 pairs wanted of 1"),
        (lambda: graphical.dirichlet_energy(x[:2], PATH), r"0\.\.1"),
        (lambda: graphical.graph_receptive_field(PATH, 3, 1, 3), r"0\.\.2, got 3"),
        (lambda: graphical.graph_receptive_field(PATH, 0, -1, 3), "got -1"),
        (lambda: graphical.weisfeiler_lehman(PATH, 3, rounds=-1), "rounds"),
        (lambda: graphical.weisfeiler_lehman(PATH, 3, colors=zero[:2]), "3 colours"),
        (lambda: graphical.independent_cascade(PATH, 1.5, [0], 3), r"\[0, 1\]"),
        (lambda: graphical.independent_cascade(PATH, torch.ones(3), [0], 3), "one for each edge"),
        (lambda: graphical.independent_cascade(PATH, 0.5, [3], 3), r"0\.\.2"),
        (lambda: graphical.greedy_seeds(PATH, 0.5, 4, 3), r"0\.\.3, got 4"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
