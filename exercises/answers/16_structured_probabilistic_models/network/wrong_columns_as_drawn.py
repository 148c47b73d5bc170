"""Columns in the order in which the variables were drawn."""
# fails: frequencies_of_draws, draws_of_a_clinic


def sample(network, n, generator):
    drawn = {}
    while len(drawn) < len(network):
        for name, (parents, table) in network.items():
            if name not in drawn and all(v in drawn for v in parents):
                rows = table[tuple(drawn[v] for v in parents)].expand(n, -1)
                drawn[name] = torch.multinomial(rows, 1, generator=generator)[:, 0]
    return torch.stack(list(drawn.values()), dim=1)
