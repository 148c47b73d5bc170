"""Divided by the number of words."""
# fails: partition_of_three_words, partition_of_all_sequences, sentences_of_several_lengths, expected_less_observed

sum_over_words = sequence_nll


def sequence_nll(U, T, tags, lengths):
    return sum_over_words(U, T, tags, lengths) / lengths
