"""The last chunk is left out unless it is full."""
# fails: energies_of_a_thousand, chunk_by_chunk, probabilities_of_states

def log_partition(energy, d, chunk):
    parts = [torch.logsumexp(-energy(rows), dim=0) for rows in every_state(d, -1.0).split(chunk) if len(rows) == chunk]
    return torch.stack(parts).logsumexp(dim=0)
