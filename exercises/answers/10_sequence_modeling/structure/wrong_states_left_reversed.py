"""The backward states stay in the order of their computation."""
# fails: directions_of_torch, two_readers_without_memory

whole = birnn


def birnn(X, forward, backward):
    H, h = whole(X, forward, backward), len(forward[2])
    return torch.cat([H[..., :h], H[..., h:].flip(1)], dim=2)
