"""The variable's own axis is taken for the first one."""
# fails: one_state_of_the_grass, wet_grass, sprinkler_explained_away, joint_of_einsum, questions_of_a_clinic, evidence_that_cannot_be


def log_joint(network, X):
    column = {name: X[:, i] for i, name in enumerate(network)}
    total = torch.zeros(len(X), dtype=torch.float64)
    for name, (parents, table) in network.items():
        total = total + table[tuple(column[v] for v in [name, *parents])].log()
    return total
