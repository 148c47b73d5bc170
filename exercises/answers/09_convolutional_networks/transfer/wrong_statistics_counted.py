"""Running statistics counted as parameters."""
# fails: frozen_and_freed

_freeze = freeze


def freeze(model, names):
    left = _freeze(model, names)
    return left + sum(b.numel() for name, child in model.named_children() if name not in names for b in child.buffers())
