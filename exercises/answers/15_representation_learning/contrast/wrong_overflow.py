"""Exponentials first, their logarithm later."""
# fails: low_temperatures


def nt_xent_loss(z1, z2, temperature):
    z = nn.functional.normalize(torch.cat([z1, z2]))
    weights = torch.exp(z @ z.T / temperature)
    own = weights[torch.arange(len(z)), torch.arange(len(z)).roll(len(z1))]
    return -(own / (weights.sum(dim=1) - weights.diagonal())).log().mean()
