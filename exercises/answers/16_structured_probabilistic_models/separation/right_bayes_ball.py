"""Walks along the arrows, remembering how each node was entered; neighbours as sets."""


def moral_graph(parents):
    n = len(parents)
    A = torch.zeros(n, n)
    for child, family in enumerate(parents):
        A[child, family] = 1
    A = A + A.T + A.T @ A
    return (A > 0) & ~torch.eye(n, dtype=torch.bool)


def markov_blanket(parents, i):
    children = [c for c, family in enumerate(parents) if i in family]
    return {*parents[i], *children, *[v for c in children for v in parents[c]]} - {i}


def d_separated(parents, x, y, given):
    children = [[c for c, family in enumerate(parents) if i in family] for i in range(len(parents))]

    def above(nodes):
        return set(nodes).union(*[above(parents[v]) for v in nodes])

    opened, seen, waiting = above(given), set(), [(x, "up")]
    while waiting:
        node, way = waiting.pop()
        if (node, way) in seen:
            continue
        seen.add((node, way))
        if node == y:
            return False
        if way == "up" and node not in given:
            waiting += [(v, "up") for v in parents[node]] + [(v, "down") for v in children[node]]
        if way == "down" and node not in given:
            waiting += [(v, "down") for v in children[node]]
        if way == "down" and node in opened:
            waiting += [(v, "up") for v in parents[node]]
    return True
