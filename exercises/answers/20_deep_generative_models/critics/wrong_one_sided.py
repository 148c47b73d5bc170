"""Only slopes above 1 are penalised."""
# fails: penalties_of_slopes

def gradient_penalty(w, real, fake, mix):
    x = (mix[:, None] * real + (1 - mix[:, None]) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(x, w).sum(), x, create_graph=True)
    return ((slope.norm(dim=1) - 1).clamp(min=0) ** 2).mean()
