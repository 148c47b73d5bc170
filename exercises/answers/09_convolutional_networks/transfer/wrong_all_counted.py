"""All parameters counted."""
# fails: trunk_frozen, frozen_and_freed

_freeze = freeze


def freeze(model, names):
    _freeze(model, names)
    return sum(p.numel() for p in model.parameters())
