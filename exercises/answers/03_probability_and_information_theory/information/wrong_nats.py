"""Natural logarithms, whatever the base."""
# fails: entropies_of_coins, two_directions, two_bits, entropy_in_any_base, impossible_outcomes, no_distribution, divergence_and_cross_entropy, finite_divergence_with_zeros, conditional_entropy_of_tables, mutual_information_of_tables, gap_of_jensen


def entropy(p, base=2):
    if (p < 0).any() or abs(p.sum() - 1) > 1e-6:
        raise ValueError
    return -torch.xlogy(p, p).sum()


def cross_entropy(p, q, base=2):
    return -torch.xlogy(p, q).sum()


def kl_divergence(p, q, base=2):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()


def conditional_entropy(p_x, channel, base=2):
    return (p_x * -torch.xlogy(channel, channel).sum(dim=1)).sum()
