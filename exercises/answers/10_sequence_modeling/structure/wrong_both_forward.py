"""The second network reads from left to right too."""
# fails: directions_of_torch

whole = birnn


def birnn(X, forward, backward):
    H, h = whole(X, forward, backward), len(forward[2])
    return torch.cat([H[..., :h], whole(X, backward, backward)[..., :h]], dim=2)
