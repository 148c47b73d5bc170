"""Anchor after anchor."""


def supcon_loss(z, labels, temperature):
    z = nn.functional.normalize(z)
    losses = []
    for i in range(len(z)):
        rest = torch.arange(len(z)) != i
        logs = (z[rest] @ z[i] / temperature).log_softmax(dim=0)
        own = labels[rest] == labels[i]
        if own.any():
            losses.append(-logs[own].mean())
    return torch.stack(losses).mean()
