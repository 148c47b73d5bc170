"""The answer imported from the library."""
# fails: all

from dlcore.montecarlo import metropolis_hastings as sampled
from dlcore.montecarlo import mh_transition_matrix as mh_matrix


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    states = sampled(log_prob, x, propose, steps, log_q=log_q, generator=generator).samples
    before = torch.cat([x[:, None], states[:, :-1]], dim=1)
    return states, (states != before).any(dim=2)
