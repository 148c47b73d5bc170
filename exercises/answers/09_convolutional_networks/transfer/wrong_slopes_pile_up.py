"""Slopes added to those of the steps before."""
# fails: training_of_torch


def fine_tune(model, names, x, y, lr, steps):
    freeze(model, names)
    model.zero_grad()
    losses = []
    for _ in range(steps):
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                if p.grad is not None:
                    p -= lr * p.grad
        losses.append(loss.item())
    return losses
