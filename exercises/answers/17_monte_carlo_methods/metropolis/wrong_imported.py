"""The answer imported from the library."""
# fails: all

import dlcore.montecarlo as library


def mh_matrix(p, Q):
    return library.mh_transition_matrix(p, Q)


def acceptance(p, Q):
    return library.mh_transition_matrix(p, Q) / Q


def imbalance(p, P):
    return library.is_detailed_balanced(P, p)


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    return library.metropolis_hastings(log_prob, x, steps, generator=generator)
