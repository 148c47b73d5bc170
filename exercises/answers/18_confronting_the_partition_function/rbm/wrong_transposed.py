"""The weights' sides are exchanged wherever the shapes permit it."""
# fails: conditionals_by_enumeration

def visible_given_hidden(h, W, b):
    return torch.sigmoid(h @ (W if W.shape[0] == W.shape[1] else W.T) + b)
