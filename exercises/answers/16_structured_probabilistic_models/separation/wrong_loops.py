"""A node is joined to itself."""
# fails: collider_moralised, moral_graphs_of_networkx

moral_without_loops = moral_graph


def markov_blanket(parents, i):
    return set(moral_without_loops(parents)[i].nonzero()[:, 0].tolist())


def moral_graph(parents):
    return moral_without_loops(parents) | torch.eye(len(parents), dtype=torch.bool)
