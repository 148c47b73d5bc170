"""The path goes on through the words beyond the end and is cut in the end."""
# fails: sentences_of_several_lengths

search_to_the_end = viterbi


def viterbi(U, T, lengths):
    tags = search_to_the_end(U, T, torch.full_like(lengths, U.shape[1]))
    return torch.where(torch.arange(U.shape[1]) < lengths[:, None], tags, -1)
