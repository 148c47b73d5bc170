"""All columns are changed."""
# fails: one_flip_of_three, flips_of_a_plane


def flip_rate(predict, X, column):
    return (predict(X) != predict(-X)).double().mean().item()
