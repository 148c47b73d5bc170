"""Each variable is drawn from its marginal distribution."""
# fails: frequencies_of_draws, draws_of_a_clinic


def sample(network, n, generator):
    return torch.stack([torch.multinomial(query(network, name, {}), n, replacement=True, generator=generator) for name in network], dim=1)
