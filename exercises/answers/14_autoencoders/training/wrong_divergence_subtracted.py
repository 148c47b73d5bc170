"""The divergence enters with the wrong sign."""
# fails: step_by_hand, step_along_the_gradient, bound_on_new_data


def vae_step(weights, X, noise, sigma2, rate):
    w = {name: t.detach().clone().requires_grad_() for name, t in weights.items()}
    mu, s = X @ w["encoder"].T, w["logvar"]
    z = mu + torch.exp(s / 2) * noise
    error = ((X - z @ w["decoder"].T) ** 2).sum(dim=1) / (2 * sigma2)
    loss = (error - (mu**2 + s.exp() - 1 - s).sum(dim=1) / 2).mean()
    gradients = torch.autograd.grad(loss, list(w.values()))
    return {name: (t - rate * g).detach() for (name, t), g in zip(w.items(), gradients)}
