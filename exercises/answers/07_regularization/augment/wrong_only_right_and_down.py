"""Slices that negative numbers turn round."""
# fails: moved_everywhere, moved_out_of_sight


def translate(images, right, down):
    h, w = images.shape[-2:]
    moved = torch.zeros_like(images)
    right, down = max(right, 0), max(down, 0)
    moved[..., down:, right:] = images[..., : h - down, : w - right]
    return moved
