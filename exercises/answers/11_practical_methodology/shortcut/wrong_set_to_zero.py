"""The feature is set to 0 instead of turned."""
# fails: one_flip_of_three, flips_of_a_plane


def flip_rate(predict, X, column):
    other = X.clone()
    other[:, column] = 0
    return (predict(X) != predict(other)).double().mean().item()
