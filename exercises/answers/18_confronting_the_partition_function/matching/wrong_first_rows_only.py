"""The diagonal of rows against components: row i gives the derivative of component i."""
# fails: implicit_losses_by_hand, gaussian_by_its_own_moments, gradients_reach_the_parameters

def implicit_loss(x, *theta):
    x = x.detach().requires_grad_()
    psi = model_score(x, *theta)
    parts = [torch.autograd.grad(psi[i % len(x), i], x, create_graph=True)[0][i % len(x), i] for i in range(x.shape[1])]
    return (psi**2).sum(dim=1).mean() / 2 + sum(parts) / len(x)
