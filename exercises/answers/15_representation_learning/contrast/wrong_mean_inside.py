"""The logarithm of the mean over the partners."""
# fails: supervised_losses_by_loops


def supcon_loss(z, labels, temperature):
    z = nn.functional.normalize(z)
    weights = (z @ z.T / temperature).fill_diagonal_(-torch.inf).softmax(dim=1)
    partners = (labels[:, None] == labels).fill_diagonal_(False)
    counts = partners.sum(dim=1)
    return -((weights * partners).sum(dim=1) / counts)[counts > 0].log().mean()
