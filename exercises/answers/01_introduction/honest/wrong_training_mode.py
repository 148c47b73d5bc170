"""Evaluation mode is forgotten."""
# fails: evaluation_mode


def evaluate(model, batches):
    total, count = 0.0, 0
    with torch.no_grad():
        for X, y in batches:
            total += (model(X) - y).square().sum().item()
            count += y.numel()
    return total / count
