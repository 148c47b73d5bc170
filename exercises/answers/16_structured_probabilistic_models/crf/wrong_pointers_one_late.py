"""Going back, each pointer is used one word too late."""
# fails: sentences_of_several_lengths, best_of_all_sequences, scores_of_thousands


def viterbi(U, T, lengths):
    best, sources = U[:, 0], [torch.arange(U.shape[2]).expand(len(U), -1)]
    for t in range(1, U.shape[1]):
        longer, source = (best[:, :, None] + T).max(dim=1)
        inside = (t < lengths)[:, None]
        best = torch.where(inside, longer + U[:, t], best)
        sources.append(torch.where(inside, source, torch.arange(U.shape[2])))
    path = [best.argmax(dim=1)]
    for source in reversed(sources[:-1]):
        path.append(source.gather(1, path[-1][:, None])[:, 0])
    tags = torch.stack(path[::-1], dim=1)
    return torch.where(torch.arange(U.shape[1]) < lengths[:, None], tags, -1)
