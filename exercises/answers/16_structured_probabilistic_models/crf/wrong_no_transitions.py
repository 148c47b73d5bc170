"""Each word by itself."""
# fails: partition_of_three_words, best_of_three_words, marginals_of_three_words, partition_of_all_sequences, sentences_of_several_lengths, scores_of_thousands, expected_less_observed, marginals_of_all_sequences, best_of_all_sequences


def log_partition(U, T, lengths):
    inside = torch.arange(U.shape[1]) < lengths[:, None]
    return (U.logsumexp(dim=2) * inside).sum(dim=1)


def viterbi(U, T, lengths):
    inside = torch.arange(U.shape[1]) < lengths[:, None]
    return torch.where(inside, U.argmax(dim=2), -1)
