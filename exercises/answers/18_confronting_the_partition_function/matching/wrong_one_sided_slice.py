"""The direction on one side of the Jacobian."""
# fails: slices_by_hand

def sliced_loss(x, directions, *theta):
    x = x.detach().requires_grad_()
    psi = model_score(x, *theta)
    turned = torch.autograd.grad((psi * directions).sum(), x, create_graph=True)[0]
    return ((psi**2).sum(dim=1) / 2 + turned.sum(dim=1)).mean()
