"""Each edge stands in one half of the matrix only."""
# fails: collider_moralised, moral_graphs_of_networkx

moral_of_both_halves = moral_graph


def markov_blanket(parents, i):
    return set(moral_of_both_halves(parents)[i].nonzero()[:, 0].tolist())


def moral_graph(parents):
    return moral_of_both_halves(parents).triu()
