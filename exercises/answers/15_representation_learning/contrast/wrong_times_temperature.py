"""Multiplied by the temperature."""
# fails: losses_of_the_example, losses_of_cross_entropy, low_temperatures, gradients_of_both_views, supervised_losses_by_loops, smallest_losses, classes_of_two

plain, plain_supcon, plain_smallest = nt_xent_loss, supcon_loss, smallest_nt_xent


def nt_xent_loss(z1, z2, temperature):
    return plain(z1, z2, 1 / temperature)


def supcon_loss(z, labels, temperature):
    return plain_supcon(z, labels, 1 / temperature)


def smallest_nt_xent(n, temperature):
    return plain_smallest(n, 1 / temperature)
