"""The largest logit is subtracted from the argument itself."""
# fails: softmax_value

tidy = cross_entropy


def cross_entropy(Z, Y):
    Z -= Z.max(dim=1, keepdim=True).values
    return tidy(Z, Y)
