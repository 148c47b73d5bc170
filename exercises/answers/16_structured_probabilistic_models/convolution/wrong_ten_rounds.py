"""Ten rounds are thought to be enough for any graph."""
# fails: colors_of_networkx


def same_colors(edges, n, other_edges, m):
    around = [[] for _ in range(n + m)]
    for u, v in torch.cat([edges, n + other_edges], dim=1).T.tolist():
        around[u].append(v)
        around[v].append(u)
    colors = [0] * (n + m)
    for _ in range(10):
        pairs = [(colors[v], sorted(colors[u] for u in around[v])) for v in range(n + m)]
        different = sorted(pairs)
        colors = [different.index(p) for p in pairs]
    return sorted(colors[:n]) == sorted(colors[n:])
