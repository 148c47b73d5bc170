"""Spins 0 and 1."""
# fails: pair_of_spins, sums_over_states, energies_of_a_thousand, chunk_by_chunk, probabilities_of_states

def log_partition(energy, d, chunk):
    total = torch.tensor(-math.inf, dtype=torch.float64)
    for first in range(0, 2**d, chunk):
        number = torch.arange(first, min(first + chunk, 2**d))
        bits = (number[:, None] >> torch.arange(d)) & 1
        total = torch.logaddexp(total, torch.logsumexp(-energy(bits.double()), dim=0))
    return total
