"""Scores beyond the end are set to 0, transitions go on."""
# fails: sentences_of_several_lengths, expected_less_observed, marginals_of_all_sequences

partition_of_the_first_words = log_partition


def log_partition(U, T, lengths):
    inside = torch.arange(U.shape[1]) < lengths[:, None]
    return partition_of_the_first_words(U * inside[:, :, None], T, torch.full_like(lengths, U.shape[1]))
