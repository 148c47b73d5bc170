"""Slopes at the real examples only."""
# fails: penalties_of_slopes

def gradient_penalty(w, real, fake, mix):
    x = real.detach().clone().requires_grad_()
    slope = torch.autograd.grad(critic(x, w).sum(), x, create_graph=True)[0]
    return ((slope.norm(dim=1) - 1) ** 2).mean()
