"""Only the first two parents of a node are married."""
# fails: moral_graphs_of_networkx


def d_separated(parents, x, y, given):
    def above(nodes):
        return set(nodes).union(*[above(parents[v]) for v in nodes])

    kept = [family if i in above([x, y, *given]) else [] for i, family in enumerate(parents)]
    reached, waiting = set(given), [x]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += markov_blanket(kept, node)
    return y not in reached


def markov_blanket(parents, i):
    children = [c for c, family in enumerate(parents) if i in family]
    return {*parents[i], *children, *[v for c in children for v in parents[c]]} - {i}


def moral_graph(parents):
    joined = torch.zeros(len(parents), len(parents), dtype=torch.bool)
    for child, family in enumerate(parents):
        for a in family:
            joined[a, child] = joined[child, a] = True
        if len(family) > 1:
            joined[family[0], family[1]] = joined[family[1], family[0]] = True
    return joined
