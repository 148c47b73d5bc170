"""The anchor is among its candidates."""
# fails: losses_of_the_example, losses_of_cross_entropy, low_temperatures, gradients_of_both_views, smallest_losses


def nt_xent_loss(z1, z2, temperature):
    z = nn.functional.normalize(torch.cat([z1, z2]))
    return nn.functional.cross_entropy(z @ z.T / temperature, torch.arange(len(z)).roll(len(z1)))


def smallest_nt_xent(n, temperature):
    return math.log(1 + math.exp(0) + (2 * n - 2) * math.exp(-n / (n - 1) / temperature))
