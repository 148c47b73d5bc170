"""Both terms are weighted with the data."""
# fails: three_states, no_discriminator_is_better

def game_value(p, q, D):
    return (torch.xlogy(p, D) + torch.xlogy(p, 1 - D)).sum()


def jensen_shannon(p, q):
    m = (p + q) / 2
    kl = lambda a: (torch.xlogy(a, a) - torch.xlogy(a, m)).sum()
    return (kl(p) + kl(q)) / 2
