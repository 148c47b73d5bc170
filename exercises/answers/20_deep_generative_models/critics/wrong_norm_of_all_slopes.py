"""One norm for the whole batch."""
# fails: penalties_of_slopes

def gradient_penalty(w, real, fake, mix):
    x = (mix[:, None] * real + (1 - mix[:, None]) * fake).detach().requires_grad_()
    slope = torch.autograd.grad(critic(x, w).sum(), x, create_graph=True)[0]
    return (slope.norm() - 1) ** 2
