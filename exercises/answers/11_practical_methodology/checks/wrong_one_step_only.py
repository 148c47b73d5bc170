"""Judged by the first step alone: any step that helps is healthy."""
# fails: gradients_that_add_up, probabilities_as_scores, labels_of_the_neighbour


def find_bug(start, X, y):
    scores, step = start()
    before, loss = scores(X), step(X, y)
    if torch.equal(before, scores(X)):
        return "frozen"
    return "uphill" if step(X, y) > loss else "none"
