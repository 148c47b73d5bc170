"""Exponentials of the scores are formed in the supervised loss."""
# fails: classes_of_two


def supcon_loss(z, labels, temperature):
    z = z / z.norm(dim=1, keepdim=True)
    others = ~torch.eye(len(z), dtype=torch.bool)
    weights = torch.exp(z @ z.T / temperature)
    shares = weights / (weights * others).sum(dim=1, keepdim=True)
    partners = (labels[:, None] == labels) & others
    counts = partners.sum(dim=1)
    return -((shares.log() * partners).sum(dim=1)[counts > 0] / counts[counts > 0]).mean()
