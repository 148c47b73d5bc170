"""The rows given are thought to be all states."""
# fails: probabilities_of_states

def log_prob(energy, s, chunk):
    return torch.log_softmax(-energy(s), dim=0)
