"""0 divided by 0."""
# fails: evidence_that_cannot_be


def query(network, name, evidence):
    names = list(network)
    states = torch.cartesian_prod(*[torch.arange(network[v][1].shape[-1]) for v in names]).reshape(-1, len(names))
    for v, state in evidence.items():
        states = states[states[:, names.index(v)] == state]
    weights = log_joint(network, states).exp()
    found = torch.zeros(network[name][1].shape[-1], dtype=torch.float64)
    return found.index_add(0, states[:, names.index(name)], weights) / weights.sum()
