"""Both directions with the same weights."""
# fails: directions_of_torch, two_readers_without_memory

whole = birnn


def birnn(X, forward, backward):
    return whole(X, forward, forward)
