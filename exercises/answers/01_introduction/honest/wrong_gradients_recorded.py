"""Gradients are recorded for nothing."""
# fails: no_gradients


def evaluate(model, batches):
    training, total, count = model.training, 0.0, 0
    model.eval()
    for X, y in batches:
        total += (model(X) - y).square().sum().item()
        count += y.numel()
    model.train(training)
    return total / count
