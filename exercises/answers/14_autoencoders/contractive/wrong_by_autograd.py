"""Autograd does the work."""
# fails: all

plain = contractive_penalty


def contractive_penalty(X, W, b):
    J = torch.autograd.functional.jacobian(lambda x: torch.sigmoid(x @ W.T + b).sum(dim=0), X)
    return (J**2).sum() / len(X)


def contractive_gradient(X, W, b):
    return torch.func.grad(plain, argnums=(1, 2))(X, W, b)


def small_noise_penalty(X, W_1, b_1, W_2, b_2):
    r = lambda x: W_2 @ torch.tanh(W_1 @ x + b_1) + b_2
    excess = lambda x: torch.func.hessian(lambda y: ((x - r(y)) ** 2).sum())(x).diagonal().sum() / 2
    return torch.stack([excess(x) for x in X])
