"""Slices, loops over images, a comparison of the other side."""


def mirror(images):
    return images[..., torch.arange(images.shape[-1] - 1, -1, -1)]


def translate(images, right, down):
    h, w = images.shape[-2:]
    moved = torch.zeros_like(images)
    if abs(right) < w and abs(down) < h:
        rows, columns = slice(max(down, 0), h + min(down, 0)), slice(max(right, 0), w + min(right, 0))
        from_rows, from_columns = slice(max(-down, 0), h + min(-down, 0)), slice(max(-right, 0), w + min(-right, 0))
        moved[..., rows, columns] = images[..., from_rows, from_columns]
    return moved


def cutout(images, centres, size):
    cut = images.clone()
    for image, (row, column) in zip(cut, centres.tolist()):
        top, left = max(row - size // 2, 0), max(column - size // 2, 0)
        image[:, top : row + size // 2 + 1, left : column + size // 2 + 1] = 0
    return cut


def random_mirror(images, p, generator):
    stay = torch.rand(len(images), generator=generator) >= p
    return torch.stack([image if keep else image.flip(2) for image, keep in zip(images, stay.tolist())])
