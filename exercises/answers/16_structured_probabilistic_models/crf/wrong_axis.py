"""Summed over the tag that comes, not over the one before."""
# fails: partition_of_three_words, marginals_of_three_words, partition_of_all_sequences, sentences_of_several_lengths, scores_of_thousands, expected_less_observed, marginals_of_all_sequences


def log_partition(U, T, lengths):
    alpha = U[:, 0]
    for t in range(1, U.shape[1]):
        longer = torch.logsumexp(alpha[:, :, None] + T, dim=2) + U[:, t]
        alpha = torch.where((t < lengths)[:, None], longer, alpha)
    return alpha.logsumexp(dim=1)
