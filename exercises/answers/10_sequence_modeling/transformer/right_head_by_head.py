"""One head after the other; torch's variance; encodings in their real and imaginary parts."""


def positions(T, d):
    rates = torch.exp(-math.log(10_000) * torch.arange(0, d, 2).double() / d)
    turned = torch.polar(torch.ones(T, d // 2).double(), torch.arange(T).double()[:, None] * rates)
    return torch.stack([turned.imag, turned.real], dim=2).reshape(T, d)


def layer_norm(X, eps=1e-5):
    variance, mean = torch.var_mean(X, dim=-1, keepdim=True, correction=0)
    return (X - mean) * (variance + eps) ** -0.5


def multi_head(X, W_q, W_k, W_v, W_o, heads, mask=None):
    size, out = X.shape[2] // heads, []
    for h in range(heads):
        part = slice(h * size, (h + 1) * size)
        q, k, v = (X @ W[part].T for W in (W_q, W_k, W_v))
        scores = q @ k.transpose(1, 2) * size**-0.5
        if mask is not None:
            scores = torch.where(mask, scores, -torch.inf)
        out.append(scores.softmax(dim=2) @ v)
    return torch.cat(out, dim=2) @ W_o.T
