"""No field in the conditionals."""
# fails: conditionals_of_spins, largest_at_the_truth

def pseudo_log_likelihood(s, J, h):
    return torch.nn.functional.logsigmoid(2 * s * (s @ J)).sum(dim=1)
