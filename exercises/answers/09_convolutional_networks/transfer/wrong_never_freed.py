"""What was frozen once stays frozen."""
# fails: frozen_and_freed


def freeze(model, names):
    for name, child in model.named_children():
        child.train(name not in names)
        if name in names:
            child.requires_grad_(False)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
