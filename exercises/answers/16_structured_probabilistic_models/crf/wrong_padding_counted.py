"""Words beyond the end are summed as well."""
# fails: sentences_of_several_lengths, expected_less_observed, marginals_of_all_sequences


def log_partition(U, T, lengths):
    alpha = U[:, 0]
    for t in range(1, U.shape[1]):
        alpha = torch.logsumexp(alpha[:, :, None] + T, dim=1) + U[:, t]
    return alpha.logsumexp(dim=1)
