"""No gradients, but batch normalizations of the trunk in training mode."""
# fails: trunk_frozen, frozen_and_freed, nothing_frozen_moves, training_of_torch


def freeze(model, names):
    model.train()
    for name, child in model.named_children():
        child.requires_grad_(name not in names)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
