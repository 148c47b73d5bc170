"""The joint probability with the evidence, not divided by that of the evidence."""
# fails: sprinkler_explained_away, questions_of_a_clinic, evidence_that_cannot_be


def query(network, name, evidence):
    names = list(network)
    states = torch.cartesian_prod(*[torch.arange(network[v][1].shape[-1]) for v in names]).reshape(-1, len(names))
    for v, state in evidence.items():
        states = states[states[:, names.index(v)] == state]
    weights = log_joint(network, states).exp()
    if weights.sum() == 0:
        raise ValueError("the evidence has the probability 0")
    found = torch.zeros(network[name][1].shape[-1], dtype=torch.float64)
    return found.index_add(0, states[:, names.index(name)], weights)
