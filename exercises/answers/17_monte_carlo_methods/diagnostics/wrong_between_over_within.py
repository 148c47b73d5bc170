"""B over W."""
# fails: two_chains_by_hand, between_and_within, halves_of_chains


def rhat(x):
    if (x == x[:, :1]).all():
        raise ValueError("no chain moves")
    return (1 + x.mean(dim=1).var() / x.var(dim=1).mean()).sqrt()
