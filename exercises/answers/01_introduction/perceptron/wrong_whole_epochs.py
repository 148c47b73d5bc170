"""All mistakes of an epoch are found with the old weights."""
# fails: separable_examples, no_epoch_too_many


def perceptron(X, y, epochs):
    w, b, mistakes = torch.zeros_like(X[0]), torch.zeros_like(X[0, 0]), 0
    for _ in range(epochs):
        wrong = y * (X @ w + b) <= 0
        if not wrong.any():
            return w, b, mistakes, True
        w, b = w + y[wrong] @ X[wrong], b + y[wrong].sum()
        mistakes += int(wrong.sum())
    return w, b, mistakes, False
