"""Parameters one by one; backward and slopes set to None; lists by slices."""


def freeze(model, names):
    model.train()
    left = 0
    for name, child in model.named_children():
        frozen = name in set(names)
        if frozen:
            child.eval()
        for p in child.parameters():
            p.requires_grad = not frozen
            left += 0 if frozen else p.numel()
    return left


def fine_tune(model, names, x, y, lr, steps):
    losses = []
    for _ in range(steps):
        freeze(model, names)
        model.zero_grad(set_to_none=True)
        log_p = torch.log_softmax(model(x), dim=1)
        loss = -log_p[torch.arange(len(y)), y].mean()
        loss.backward()
        losses.append(float(loss.detach()))
        for p in model.parameters():
            if p.grad is not None:
                p.data.add_(p.grad, alpha=-lr)
    return losses


def frozen_at(names, epoch, every):
    free = 1 + epoch // every
    return names[:-free] if free < len(names) else []


def layer_rates(names, lr, factor):
    rates = {}
    for name in names[::-1]:
        rates[name] = lr
        lr = lr * factor
    return rates
