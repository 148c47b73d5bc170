"""2 h - 1 for 1 - 2 h."""
# fails: gradient_by_the_weights, gradient_by_the_biases


def contractive_gradient(X, W, b):
    h = torch.sigmoid(X @ W.T + b)
    a = h * (1 - h)
    bend = 2 * a**2 * (2 * h - 1) * (W**2).sum(dim=1) / len(X)
    return 2 * (a**2).mean(dim=0)[:, None] * W + bend.T @ X, bend.sum(dim=0)
