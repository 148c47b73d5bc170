"""Image by image; slopes by backward; all squares in one loop; ascent with numbers of its own."""


def saliency(model, x, labels):
    rows = []
    for image, label in zip(x, labels.tolist()):
        leaf = image[None].clone().requires_grad_(True)
        model(leaf)[0, label].backward()
        rows.append(leaf.grad[0].abs().max(dim=0).values)
    return torch.stack(rows)


def grad_cam(features, head, x, labels):
    rows = []
    for image, label in zip(x, labels.tolist()):
        maps = features(image[None]).detach().clone().requires_grad_(True)
        head(maps)[0, label].backward()
        alpha = maps.grad[0].flatten(1).mean(dim=1)
        rows.append(torch.einsum("k,kij->ij", alpha, maps[0].detach()).clamp(min=0))
    return torch.stack(rows)


def occlusion_map(model, x, label, size, value=0.0):
    _, h, w = x.shape
    whole = model(x[None])[0, label]
    out = torch.zeros(h - size + 1, w - size + 1, dtype=x.dtype)
    rows, columns = torch.arange(h)[:, None], torch.arange(w)
    for i in range(h - size + 1):
        for j in range(w - size + 1):
            inside = (rows >= i) & (rows < i + size) & (columns >= j) & (columns < j + size)
            out[i, j] = (whole - model(torch.where(inside, torch.full_like(x, value), x)[None])[0, label]).detach()
    return out


def maximize(score, x, lr, steps):
    at = x.clone()
    for _ in range(steps):
        leaf = at.clone().requires_grad_(True)
        score(leaf).backward()
        at = at + lr * leaf.grad
        length = torch.linalg.vector_norm(at).item()
        at = at / length if length > 1 else at
    return at
