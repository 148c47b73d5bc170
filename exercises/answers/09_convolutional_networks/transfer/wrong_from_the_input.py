"""Unfrozen from the input on."""
# fails: unfreezing_child_by_child


def frozen_at(names, epoch, every):
    return names[1 + epoch // every :]
