"""The best end of each beginning: no pointers, no way back."""
# fails: best_of_three_words, sentences_of_several_lengths, best_of_all_sequences, scores_of_thousands


def viterbi(U, T, lengths):
    best = U[:, 0]
    path = [best.argmax(dim=1)]
    for t in range(1, U.shape[1]):
        best = (best[:, :, None] + T).amax(dim=1) + U[:, t]
        path.append(best.argmax(dim=1))
    inside = torch.arange(U.shape[1]) < lengths[:, None]
    return torch.where(inside, torch.stack(path, dim=1), -1)
