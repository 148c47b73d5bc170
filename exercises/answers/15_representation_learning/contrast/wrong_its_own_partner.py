"""Each example is its own partner, too."""
# fails: classes_of_two, supervised_losses_by_loops


def supcon_loss(z, labels, temperature):
    z = nn.functional.normalize(z)
    logs = (z @ z.T / temperature).log_softmax(dim=1)
    partners = labels[:, None] == labels
    return -((logs * partners).sum(dim=1) / partners.sum(dim=1)).mean()
