"""A plain autoencoder with noise on its code."""
# fails: step_by_hand, step_along_the_gradient, bound_on_new_data


def vae_step(weights, X, noise, sigma2, rate):
    w = {name: t.detach().clone().requires_grad_() for name, t in weights.items()}
    z = X @ w["encoder"].T + torch.exp(w["logvar"] / 2) * noise
    loss = ((X - z @ w["decoder"].T) ** 2).sum(dim=1).mean() / (2 * sigma2)
    gradients = torch.autograd.grad(loss, list(w.values()))
    return {name: (t - rate * g).detach() for (name, t), g in zip(w.items(), gradients)}
