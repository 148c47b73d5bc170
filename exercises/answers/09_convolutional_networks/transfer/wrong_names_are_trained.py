"""The named children trained, the others frozen."""
# fails: trunk_frozen, frozen_and_freed, nothing_frozen_moves, training_of_torch


def freeze(model, names):
    for name, child in model.named_children():
        child.train(name in names)
        child.requires_grad_(name in names)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
