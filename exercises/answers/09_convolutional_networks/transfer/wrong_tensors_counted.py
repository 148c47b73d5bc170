"""The number of tensors for the number of numbers."""
# fails: trunk_frozen, frozen_and_freed

_freeze = freeze


def freeze(model, names):
    _freeze(model, names)
    return sum(p.requires_grad for p in model.parameters())
