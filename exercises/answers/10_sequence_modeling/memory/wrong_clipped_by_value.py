"""Entries are clipped, which changes the direction."""
# fails: clipping_by_hand, clipping_of_torch


def clip_norm(gradients, c):
    return [g.clamp(-c, c) for g in gradients]
