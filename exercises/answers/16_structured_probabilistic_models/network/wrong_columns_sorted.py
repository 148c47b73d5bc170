"""Columns are taken in the alphabetical order of the names."""
# fails: one_state_of_the_grass, sprinkler_explained_away, joint_of_einsum, questions_of_a_clinic, evidence_that_cannot_be

in_the_order_given = log_joint


def log_joint(network, X):
    return in_the_order_given({name: network[name] for name in sorted(network)}, X)
