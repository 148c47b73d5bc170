"""No gradient flows from the supervised loss."""
# fails: classes_of_two

by_values = supcon_loss


def supcon_loss(z, labels, temperature):
    return by_values(z.detach(), labels, temperature)
