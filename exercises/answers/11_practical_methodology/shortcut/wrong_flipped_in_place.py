"""The rows themselves are changed."""
# fails: flips_of_a_plane


def flip_rate(predict, X, column):
    before = predict(X)
    X[:, column] *= -1
    return (before != predict(X)).double().mean().item()
