"""A softmax within the chunk of the true word."""
# fails: words_that_stream_by, four_equal_words

def streamed_cross_entropy(scores, target, V, chunk):
    total = 0.0
    for first in range(0, V, chunk):
        part = scores(first, min(first + chunk, V))
        here = torch.arange(first, first + part.shape[1]) == target[:, None]
        total = total - torch.log_softmax(part, dim=1).where(here, 0).sum(dim=1)
    return total.mean()
