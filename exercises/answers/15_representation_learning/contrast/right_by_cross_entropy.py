"""Cross-entropy of torch, and the corners one after the other."""


def nt_xent_loss(z1, z2, temperature):
    a, b = nn.functional.normalize(z1), nn.functional.normalize(z2)
    n, off = len(a), torch.diag(torch.full((len(a),), float("inf")))
    rows = torch.cat([a @ b.T, a @ a.T], dim=1) / temperature
    rows[:, n:] -= off
    back = torch.cat([b @ a.T, b @ b.T], dim=1) / temperature
    back[:, n:] -= off
    own = torch.arange(n)
    return (nn.functional.cross_entropy(rows, own) + nn.functional.cross_entropy(back, own)) / 2


def simplex(n, d):
    if n > d + 1:
        raise ValueError("too few dimensions")
    corners = torch.zeros(n, d, dtype=torch.float64)
    for i in range(n - 1):
        corners[i, i] = math.sqrt(1 - (corners[i] ** 2).sum().item())
        for j in range(i + 1, n):
            corners[j, i] = (-1 / (n - 1) - float(corners[i, :i] @ corners[j, :i])) / corners[i, i]
    return corners


def smallest_nt_xent(n, temperature):
    return math.log(1 + 2 * (n - 1) * math.exp((-1 / (n - 1) - 1) / temperature))


def info_nce_bound(scores):
    return torch.log_softmax(scores, dim=1).diagonal().mean() + math.log(scores.shape[0])
