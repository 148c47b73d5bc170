"""The arrows are dropped, and no parents married."""
# fails: collider_moralised, moral_graphs_of_networkx

moral_with_marriages = moral_graph


def d_separated(parents, x, y, given):
    def above(nodes):
        return set(nodes).union(*[above(parents[v]) for v in nodes])

    kept = [family if i in above([x, y, *given]) else [] for i, family in enumerate(parents)]
    reached, waiting = set(given), [x]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += moral_with_marriages(kept)[node].nonzero()[:, 0].tolist()
    return y not in reached


def markov_blanket(parents, i):
    return set(moral_with_marriages(parents)[i].nonzero()[:, 0].tolist())


def moral_graph(parents):
    joined = torch.zeros(len(parents), len(parents), dtype=torch.bool)
    for child, family in enumerate(parents):
        joined[child, family] = True
        joined[family, child] = True
    return joined
