"""By logarithms, without filling."""


def masked_softmax(scores, mask=None):
    if mask is not None:
        least = torch.finfo(scores.dtype).min
        filled = torch.where(mask, scores, least)
        return torch.where(mask, (filled - filled.logsumexp(dim=-1, keepdim=True)).exp(), 0.0)
    return (scores - scores.logsumexp(dim=-1, keepdim=True)).exp()


def padding_mask(lengths, T):
    return torch.stack([torch.tensor([[t < n for t in range(T)]]) for n in lengths.tolist()])


def causal_mask(T):
    return torch.ones(T, T, dtype=torch.bool).tril()


def dot_attention(Q, K, V, mask=None):
    weights = masked_softmax(Q / K.shape[-1] ** 0.5 @ K.transpose(1, 2), mask)
    return weights @ V, weights


def additive_scores(S, H, W, U, v):
    rows = [(torch.tanh((s @ W.T)[:, None] + H @ U.T) * v).sum(dim=-1) for s in S.unbind(dim=1)]
    return torch.stack(rows, dim=1)
