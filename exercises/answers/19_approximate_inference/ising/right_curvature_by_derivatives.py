"""The curvature from two derivatives of the bound; spins of all chains by multinomial draws."""

def curvature(J, m):
    x = m.detach().requires_grad_()
    up = (1 + x) / 2
    value = x @ J @ x / 2 - (up * up.log() + (1 - up) * (1 - up).log()).sum()
    slope = torch.autograd.grad(value, x, create_graph=True)[0]
    return torch.stack([torch.autograd.grad(g, x, retain_graph=True)[0] for g in slope])


def gibbs_means(J, h, chains, sweeps, generator):
    s = torch.randint(2, (chains, len(h)), generator=generator).double() * 2 - 1
    for _ in range(sweeps):
        for i in range(len(h)):
            field = h[i] + s @ J[:, i]
            both = torch.softmax(torch.stack([-field, field], dim=1), dim=1)
            s[:, i] = 2.0 * torch.multinomial(both, 1, generator=generator)[:, 0] - 1
    return s.mean(dim=0)
