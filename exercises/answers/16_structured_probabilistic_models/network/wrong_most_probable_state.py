"""The most probable state of each row, not a draw."""
# fails: frequencies_of_draws, draws_of_a_clinic


def sample(network, n, generator):
    drawn = {}
    while len(drawn) < len(network):
        for name, (parents, table) in network.items():
            if name not in drawn and all(v in drawn for v in parents):
                drawn[name] = table[tuple(drawn[v] for v in parents)].expand(n, -1).argmax(dim=1)
    return torch.stack([drawn[name] for name in network], dim=1)
