"""Sums over an edge list; colours as tuples in a dict; the energy by a loop over edges."""


def normalized_adjacency(edges, n):
    u, v = torch.cat([edges, edges.flip(0), torch.arange(n).expand(2, n)], dim=1)
    degree = torch.zeros(n, dtype=torch.float64).index_add(0, u, torch.ones(len(u), dtype=torch.float64))
    return torch.zeros(n, n, dtype=torch.float64).index_put((u, v), (degree[u] * degree[v]) ** -0.5)


def gcn_layer(H, edges, W):
    n = len(H)
    u, v = torch.cat([edges, edges.flip(0), torch.arange(n).expand(2, n)], dim=1)
    root = torch.bincount(v, minlength=n).double().rsqrt()[:, None]
    mixed = torch.zeros(n, W.shape[1], dtype=H.dtype).index_add(0, v, (root * (H @ W))[u])
    return (root * mixed).clamp(min=0)


def dirichlet_energy(H, edges):
    degree = [1] * len(H)
    for u, v in edges.T.tolist():
        degree[u] += 1
        degree[v] += 1
    total = torch.zeros((), dtype=H.dtype)
    for u, v in edges.T.tolist():
        total = total + (H[u] / degree[u] ** 0.5 - H[v] / degree[v] ** 0.5).square().sum()
    return total


def same_colors(edges, n, other_edges, m):
    known = {}

    def number(key):
        return known.setdefault(key, len(known))

    def refined(edges, n, rounds):
        colors = [number("start")] * n
        for _ in range(rounds):
            heard = [[] for _ in range(n)]
            for u, v in edges.T.tolist():
                heard[u].append(colors[v])
                heard[v].append(colors[u])
            colors = [number((c, *sorted(h))) for c, h in zip(colors, heard)]
        return sorted(colors)

    return refined(edges, n, n + m) == refined(other_edges, m, n + m)
