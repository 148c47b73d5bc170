"""The joint table by one einsum; draws by comparing uniform numbers with cumulative sums, parents first by recursion."""


def log_joint(network, X):
    names = list(network)
    rows = []
    for row in X.tolist():
        state = dict(zip(names, row))
        chances = [table[tuple(state[v] for v in parents) + (state[name],)] for name, (parents, table) in network.items()]
        rows.append(torch.stack(chances).log().sum())
    return torch.stack(rows)


def query(network, name, evidence):
    letter = {v: chr(ord("a") + i) for i, v in enumerate(network)}
    terms, tables = [], []
    for v, (parents, table) in network.items():
        terms.append("".join(letter[u] for u in [*parents, v]))
        tables.append(table)
    for v, state in evidence.items():
        seen = torch.zeros(network[v][1].shape[-1], dtype=torch.float64)
        seen[state] = 1
        terms.append(letter[v])
        tables.append(seen)
    found = torch.einsum(",".join(terms) + "->" + letter[name], *tables)
    if not found.sum() > 0:
        raise ValueError(f"{evidence} can not be")
    return found / found.sum()


def sample(network, n, generator):
    columns = {}

    def draw(name):
        if name not in columns:
            parents, table = network[name]
            rows = table[tuple(draw(v) for v in parents)]
            u = torch.rand(n, 1, generator=generator, dtype=torch.float64)
            columns[name] = (u >= rows.cumsum(dim=-1)).sum(dim=1).clamp(max=table.shape[-1] - 1)
        return columns[name]

    return torch.stack([draw(name) for name in network], dim=1)
