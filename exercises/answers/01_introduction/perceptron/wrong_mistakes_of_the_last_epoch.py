"""Only the mistakes of the last epoch are counted."""
# fails: separable_examples, exclusive_or_is_never_separated, no_epoch_too_many


def perceptron(X, y, epochs):
    w, b, mistakes = torch.zeros_like(X[0]), torch.zeros_like(X[0, 0]), 0
    for _ in range(epochs):
        mistakes = 0
        for x, t in zip(X, y):
            if t * (w @ x + b) <= 0:
                w, b, mistakes = w + t * x, b + t, mistakes + 1
        if mistakes == 0:
            return w, b, mistakes, True
    return w, b, mistakes, False
