"""The whole model put back into training mode before each step."""
# fails: nothing_frozen_moves, training_of_torch


def fine_tune(model, names, x, y, lr, steps):
    freeze(model, names)
    trained, losses = [p for p in model.parameters() if p.requires_grad], []
    for _ in range(steps):
        model.train()
        loss = nn.functional.cross_entropy(model(x), y)
        slopes = torch.autograd.grad(loss, trained)
        with torch.no_grad():
            for p, slope in zip(trained, slopes):
                p -= lr * slope
        losses.append(loss.item())
    return losses
