"""The last child frozen too at first."""
# fails: unfreezing_child_by_child


def frozen_at(names, epoch, every):
    return names[: max(len(names) - epoch // every, 0)]
