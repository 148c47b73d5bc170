"""The two values of a spin are thought to differ by 1."""
# fails: pair_given_each_other, conditionals_of_spins, largest_at_the_truth

def pseudo_log_likelihood(s, J, h):
    return torch.nn.functional.logsigmoid(s * (s @ J + h)).sum(dim=1)
