"""Whatever comes is taken to be separated in the end."""
# fails: and_by_hand, exclusive_or_is_never_separated, no_epoch_too_many

learn = perceptron


def perceptron(X, y, epochs):
    w, b, mistakes, _ = learn(X, y, epochs)
    return w, b, mistakes, True
