"""All gates from one product; the state moves towards the candidate."""


def gru_step(x, h, W, U, b, reset_after=False):
    inputs = torch.einsum("gij,nj->gni", W, x) + b[:, None]
    past = torch.einsum("gij,nj->gni", U, h)
    z, r = (1 / (1 + torch.exp(-(inputs[k] + past[k]))) for k in (0, 1))
    old = r * past[2] if reset_after else torch.einsum("ij,nj->ni", U[2], r * h)
    return h + z * (torch.tanh(inputs[2] + old) - h)


def parameters(kind, d, h, bidirectional=False):
    gates = {"rnn": 1, "gru": 3, "lstm": 4}.get(kind)
    if gates is None:
        raise ValueError(kind)
    return gates * (h * d + h * h + h) * (1 + bidirectional)
