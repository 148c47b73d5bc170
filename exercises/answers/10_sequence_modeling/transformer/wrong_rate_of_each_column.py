"""Sine and cosine of a pair have different rates."""
# fails: encodings_of_many_positions, first_positions

whole = positions


def positions(T, d):
    angles = torch.arange(T).double()[:, None] * 10_000.0 ** (-torch.arange(d).double() / d)
    return torch.where(torch.arange(d) % 2 == 0, angles.sin(), angles.cos())


def reverse(X, beta):
    P = whole(*X.shape).to(X.dtype)
    return torch.softmax(beta * (P.flip(0) @ P.T), dim=1) @ X
