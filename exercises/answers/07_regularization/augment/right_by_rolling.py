"""Rolled, then the places that became free cleared."""


def translate(images, right, down):
    moved = images.roll((down, right), dims=(-2, -1))
    h, w = images.shape[-2:]
    down, right = max(min(down, h), -h), max(min(right, w), -w)
    if down > 0:
        moved[..., :down, :] = 0
    if down < 0:
        moved[..., down:, :] = 0
    if right > 0:
        moved[..., :right] = 0
    if right < 0:
        moved[..., right:] = 0
    return moved
