"""Both directions are added."""
# fails: directions_of_torch, two_readers_without_memory

whole = birnn


def birnn(X, forward, backward):
    H, h = whole(X, forward, backward), len(forward[2])
    return H[..., :h] + H[..., h:]
