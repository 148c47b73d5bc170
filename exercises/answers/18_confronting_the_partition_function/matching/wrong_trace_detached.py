"""The trace doesn't reach the parameters."""
# fails: gaussian_by_its_own_moments, gradients_reach_the_parameters

def implicit_loss(x, *theta):
    x = x.detach().requires_grad_()
    psi = model_score(x, *theta)
    parts = [torch.autograd.grad(psi[:, i].sum(), x, retain_graph=True)[0][:, i] for i in range(x.shape[1])]
    return ((psi**2).sum(dim=1) / 2 + sum(parts)).mean()
