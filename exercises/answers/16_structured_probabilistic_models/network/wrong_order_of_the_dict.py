"""Variables are drawn in the order of the dict; parents not drawn yet are in state 0."""
# fails: frequencies_of_draws, draws_of_a_clinic


def sample(network, n, generator):
    drawn = {}
    for name, (parents, table) in network.items():
        rows = table[tuple(drawn.get(v, torch.zeros(n, dtype=torch.long)) for v in parents)].expand(n, -1)
        drawn[name] = torch.multinomial(rows, 1, generator=generator)[:, 0]
    return torch.stack([drawn[name] for name in network], dim=1)
