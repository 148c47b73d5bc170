"""T is read from column to row in the search."""
# fails: best_of_three_words, sentences_of_several_lengths, scores_of_thousands, best_of_all_sequences

search_from_row_to_column = viterbi


def viterbi(U, T, lengths):
    return search_from_row_to_column(U, T.T, lengths)
