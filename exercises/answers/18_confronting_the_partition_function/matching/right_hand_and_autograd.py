"""The trace from the gradient of the whole row's score, one axis after the other, for copies of the rows."""

def model_score(x, *theta):
    leaf = x.detach().clone().requires_grad_(True)
    return -torch.autograd.grad(energy(leaf, *theta), leaf, torch.ones(len(x), dtype=x.dtype), create_graph=True)[0]


def sliced_loss(x, directions, *theta):
    leaf = x.detach().clone().requires_grad_(True)
    psi = -torch.autograd.grad(energy(leaf, *theta).sum(), leaf, create_graph=True)[0]
    inner = torch.autograd.grad((psi * directions).sum(), leaf, create_graph=True)[0]
    return (psi * psi / 2 + inner * directions).sum() / len(x)


def implicit_loss(x, *theta):
    d = x.shape[1]
    copies, axes = x.repeat(d, 1), torch.eye(d, dtype=x.dtype).repeat_interleave(len(x), dim=0)
    norm = (model_score(x, *theta) ** 2).sum() / 2 / len(x)
    scaled = sliced_loss(copies, math.sqrt(d) * axes, *theta)
    return scaled - (model_score(copies, *theta) ** 2).sum() / 2 / len(copies) + norm
