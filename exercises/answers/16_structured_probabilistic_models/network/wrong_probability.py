"""The probability instead of its logarithm."""
# fails: one_state_of_the_grass, joint_of_einsum

logarithm_of_the_joint = log_joint


def query(network, name, evidence):
    names = list(network)
    states = torch.cartesian_prod(*[torch.arange(network[v][1].shape[-1]) for v in names]).reshape(-1, len(names))
    for v, state in evidence.items():
        states = states[states[:, names.index(v)] == state]
    weights = log_joint(network, states)
    if weights.sum() == 0:
        raise ValueError("the evidence has the probability 0")
    found = torch.zeros(network[name][1].shape[-1], dtype=torch.float64)
    return found.index_add(0, states[:, names.index(name)], weights) / weights.sum()


def log_joint(network, X):
    return logarithm_of_the_joint(network, X).exp()
