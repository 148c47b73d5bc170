"""T is read from column to row in the partition function."""
# fails: partition_of_three_words, marginals_of_three_words, partition_of_all_sequences, sentences_of_several_lengths, expected_less_observed, marginals_of_all_sequences, scores_of_thousands

partition_from_row_to_column = log_partition


def log_partition(U, T, lengths):
    return partition_from_row_to_column(U, T.T, lengths)
