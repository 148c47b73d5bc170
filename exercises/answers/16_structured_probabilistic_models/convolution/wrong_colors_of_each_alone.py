"""Each graph is refined by itself: a colour's number means something else in the other one."""
# fails: colors_of_networkx


def same_colors(edges, n, other_edges, m):
    found = []
    for e, k in ((edges, n), (other_edges, m)):
        around = [[] for _ in range(k)]
        for u, v in e.T.tolist():
            around[u].append(v)
            around[v].append(u)
        colors = [0] * k
        for _ in range(k):
            pairs = [(colors[v], sorted(colors[u] for u in around[v])) for v in range(k)]
            different = list(dict.fromkeys(pairs_of(pairs)))
            colors = [different.index(p) for p in pairs_of(pairs)]
        found.append(sorted(colors))
    return found[0] == found[1]


def pairs_of(pairs):
    return [(c, tuple(h)) for c, h in pairs]
