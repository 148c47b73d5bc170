"""The slope at the mean of the examples."""
# fails: penalty_of_a_batch

plain = contractive_penalty


def contractive_penalty(X, W, b):
    return plain(X.mean(dim=0, keepdim=True), W, b)
