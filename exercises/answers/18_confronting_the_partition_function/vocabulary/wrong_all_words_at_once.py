"""All words in one call."""
# fails: words_that_stream_by

def streamed_cross_entropy(scores, target, V, chunk):
    table = scores(0, V)
    return (table.logsumexp(dim=1) - table[torch.arange(len(target)), target]).mean()
