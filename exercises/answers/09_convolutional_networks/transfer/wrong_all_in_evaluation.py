"""The children that are trained in evaluation mode as well."""
# fails: trunk_frozen, frozen_and_freed, training_of_torch


def freeze(model, names):
    model.eval()
    for name, child in model.named_children():
        child.requires_grad_(name not in names)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
