"""The softmax of each word's scores."""
# fails: marginals_of_three_words, marginals_of_all_sequences, scores_of_thousands


def tag_marginals(U, T, lengths):
    return U.softmax(dim=2) * (torch.arange(U.shape[1]) < lengths[:, None])[:, :, None]
