"""The penalty cannot be differentiated."""
# fails: penalties_of_slopes

def gradient_penalty(w, real, fake, mix):
    x = (mix[:, None] * real + (1 - mix[:, None]) * fake).detach().requires_grad_()
    slope = torch.autograd.grad(critic(x, w).sum(), x)[0]
    return ((slope.norm(dim=1) - 1) ** 2).mean()
