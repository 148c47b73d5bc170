"""The bias stays 0."""
# fails: and_by_hand, separable_examples, no_epoch_too_many


def perceptron(X, y, epochs):
    w, b, mistakes = torch.zeros_like(X[0]), torch.zeros_like(X[0, 0]), 0
    for _ in range(epochs):
        before = mistakes
        for x, t in zip(X, y):
            if t * (w @ x + b) <= 0:
                w, mistakes = w + t * x, mistakes + 1
        if mistakes == before:
            return w, b, mistakes, True
    return w, b, mistakes, False
