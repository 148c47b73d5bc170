"""Evaluation mode, but gradients everywhere."""
# fails: trunk_frozen, frozen_and_freed, nothing_frozen_moves, training_of_torch


def freeze(model, names):
    for name, child in model.named_children():
        child.train(name not in names)
        child.requires_grad_(True)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
