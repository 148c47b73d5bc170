"""The model is left in evaluation mode."""
# fails: mode_given_back


def evaluate(model, batches):
    total, count = 0.0, 0
    model.eval()
    with torch.no_grad():
        for X, y in batches:
            total += (model(X) - y).square().sum().item()
            count += y.numel()
    return total / count
