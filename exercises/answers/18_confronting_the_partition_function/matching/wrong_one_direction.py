"""The first direction for all rows."""
# fails: slices_by_hand

def sliced_loss(x, directions, *theta):
    x = x.detach().requires_grad_()
    psi = model_score(x, *theta)
    turned = torch.autograd.grad((psi @ directions[0]).sum(), x, create_graph=True)[0]
    return ((psi**2).sum(dim=1) / 2 + turned @ directions[0]).mean()
