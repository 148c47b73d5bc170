"""Anchors without a partner count as 0."""
# fails: supervised_losses_by_loops

plain = supcon_loss


def supcon_loss(z, labels, temperature):
    counts = (labels[:, None] == labels).sum(dim=1)
    return plain(z, labels, temperature) * (counts > 1).sum() / len(z)
