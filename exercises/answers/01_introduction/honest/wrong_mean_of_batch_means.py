"""The mean of the batches' means, which counts a row of a small batch more."""
# fails: two_batches_by_hand, evaluation_mode


def evaluate(model, batches):
    training = model.training
    model.eval()
    with torch.no_grad():
        means = [(model(X) - y).square().mean().item() for X, y in batches]
    model.train(training)
    return sum(means) / len(means)
