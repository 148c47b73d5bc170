"""The minus forgotten."""
# fails: entropies_of_coins, entropy_in_any_base, impossible_outcomes, no_distribution, mutual_information_of_tables, gap_of_jensen, two_bits


def entropy(p, base=2):
    if (p < 0).any() or abs(p.sum() - 1) > 1e-6:
        raise ValueError
    return (p * p.clamp(min=1e-300).log()).sum() / math.log(base)
