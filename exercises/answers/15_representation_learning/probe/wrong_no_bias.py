"""No bias."""
# fails: scores_of_sklearn

plain = linear_probe


def linear_probe(encoder, X, y, X_new, y_new, ridge):
    scores, _ = plain(encoder, X, y, X_new, y_new, ridge)
    scores = scores - nn.functional.one_hot(y).to(scores.dtype).mean(dim=0)
    return scores, (scores.argmax(dim=1) == y_new).double().mean().item()
