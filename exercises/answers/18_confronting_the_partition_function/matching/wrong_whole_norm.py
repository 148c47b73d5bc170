"""The squared norm without the half."""
# fails: standard_normal_by_hand, implicit_losses_by_hand, gaussian_by_its_own_moments, gradients_reach_the_parameters, slices_by_hand

def implicit_loss(x, *theta):
    x = x.detach().requires_grad_()
    psi = model_score(x, *theta)
    parts = [torch.autograd.grad(psi[:, i].sum(), x, create_graph=True)[0][:, i] for i in range(x.shape[1])]
    return ((psi**2).sum(dim=1) + sum(parts)).mean()


def sliced_loss(x, directions, *theta):
    x = x.detach().requires_grad_()
    psi = model_score(x, *theta)
    turned = torch.autograd.grad((psi * directions).sum(), x, create_graph=True)[0]
    return ((psi**2).sum(dim=1) + (turned * directions).sum(dim=1)).mean()
