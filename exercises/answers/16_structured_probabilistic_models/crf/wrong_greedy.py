"""Each tag is chosen given the one chosen before."""
# fails: best_of_three_words, sentences_of_several_lengths, scores_of_thousands, best_of_all_sequences


def viterbi(U, T, lengths):
    path = [U[:, 0].argmax(dim=1)]
    for t in range(1, U.shape[1]):
        path.append((T[path[-1]] + U[:, t]).argmax(dim=1))
    inside = torch.arange(U.shape[1]) < lengths[:, None]
    return torch.where(inside, torch.stack(path, dim=1), -1)
