"""A number that becomes negative: children frozen again in the end."""
# fails: unfreezing_child_by_child


def frozen_at(names, epoch, every):
    return names[: len(names) - 1 - epoch // every]
