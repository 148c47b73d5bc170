"""Only the likeliest class of a soft target counts."""
# fails: softmax_value, softmax_gradient

soft = cross_entropy


def cross_entropy(Z, Y):
    return soft(Z, torch.eye(Y.shape[1], dtype=Y.dtype)[Y.argmax(dim=1)])
