"""Only changes to class 1 count."""
# fails: flips_of_a_plane


def flip_rate(predict, X, column):
    other = X.clone()
    other[:, column] = -other[:, column]
    return (predict(other) > predict(X)).double().mean().item()
