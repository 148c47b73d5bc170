"""The recursion by the matrices that it stands for."""


def two_loop(gradient, pairs):
    if not pairs:
        return gradient.clone()
    s, y = pairs[-1]
    H = torch.eye(len(gradient), dtype=gradient.dtype) * (s @ y) / (y @ y)
    for s, y in pairs:
        H = bfgs_update(H, s, y)
    return H @ gradient
