"""Partners are looked for in neighbouring rows."""
# fails: losses_of_the_example, losses_of_cross_entropy, low_temperatures, gradients_of_both_views


def nt_xent_loss(z1, z2, temperature):
    z = nn.functional.normalize(torch.cat([z1, z2]))
    scores = (z @ z.T / temperature).fill_diagonal_(-torch.inf)
    return nn.functional.cross_entropy(scores, torch.arange(len(z)) ^ 1)
