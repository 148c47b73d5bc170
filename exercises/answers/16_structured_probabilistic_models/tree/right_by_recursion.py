"""Every message by recursion over neighbours, remembered; joint distributions from both sides."""


def walk(unary, edges, pair, over, where):
    around = {i: [] for i in range(len(unary))}
    for (i, j), table in zip(edges, pair):
        around[i].append((j, table))
        around[j].append((i, table.T))
    known = {}

    def message(source, target, table):
        heard = unary[source]
        for other, own in around[source]:
            if other != target:
                heard = heard + known[other, source]
        known[source, target] = over(table + heard[:, None], 0)

    order, before = [where], {where: None}
    for node in order:
        for other, _ in around[node]:
            if other not in before:
                before[other] = node
                order.append(other)
    for node in order[:0:-1]:
        message(node, before[node], next(t for o, t in around[node] if o == before[node]))
    for node in order:
        for other, table in around[node]:
            if other != before[node]:
                message(node, other, table)
    return around, order, before, known


def sum_product(unary, edges, pair):
    around, _, _, known = walk(unary, edges, pair, torch.logsumexp, len(unary) - 1)
    beliefs = [unary[i] + sum(known[o, i] for o, _ in around[i]) for i in range(len(unary))]
    joint = [
        (beliefs[i] - known[j, i])[:, None] + table + (beliefs[j] - known[i, j]) for (i, j), table in zip(edges, pair)
    ]
    marginals = torch.stack([b.softmax(dim=0) for b in beliefs])
    both = torch.stack([t.flatten().softmax(dim=0).reshape(t.shape) for t in joint]) if joint else pair
    return marginals, both, float(torch.logsumexp(beliefs[0], dim=0))


def most_probable(unary, edges, pair):
    around, order, before, known = walk(unary, edges, pair, torch.amax, 0)
    states = torch.zeros(len(unary), dtype=torch.long)
    for node in order:
        belief = unary[node].clone()
        for other, table in around[node]:
            belief += table[:, states[other]] if other == before[node] else known[other, node]
        states[node] = belief.argmax()
    exponent = unary[torch.arange(len(unary)), states].sum()
    for (i, j), table in zip(edges, pair):
        exponent = exponent + table[states[i], states[j]]
    return states, float(exponent)
