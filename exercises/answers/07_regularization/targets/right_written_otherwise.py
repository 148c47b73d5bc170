"""Targets by comparison, the loss by logits minus their log-sum-exp, masks in the place of slices."""


def smooth_labels(y, K, eps):
    hit = (y[:, None] == torch.arange(K)).to(torch.float32)
    return hit + eps * (1 / K - hit)


def soft_cross_entropy(logits, targets):
    logs = logits - logits.logsumexp(dim=-1, keepdim=True)
    return -torch.einsum("nk,nk->", targets, logs) / len(logits)


def mixup(x, targets, lam, order):
    return tuple(part[order] + lam * (part - part[order]) for part in (x, targets))


def cutmix(x, targets, box, order):
    top, bottom, left, right = box
    rows, columns = torch.arange(x.shape[-2])[:, None], torch.arange(x.shape[-1])
    inside = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
    lam = (~inside).sum().item() / inside.numel()
    return torch.where(inside, x[order], x), mixup(x, targets, lam, order)[1]
