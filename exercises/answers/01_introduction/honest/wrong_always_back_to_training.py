"""The model is put into training mode, even if it was not."""
# fails: mode_given_back, no_gradients


def evaluate(model, batches):
    total, count = 0.0, 0
    model.eval()
    for X, y in batches:
        total += (model(X) - y).square().sum().item()
        count += y.numel()
    model.train()
    return total / count
