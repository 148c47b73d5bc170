"""The second view is a constant."""
# fails: gradients_of_both_views

plain = nt_xent_loss


def nt_xent_loss(z1, z2, temperature):
    return plain(z1, z2.detach(), temperature)
