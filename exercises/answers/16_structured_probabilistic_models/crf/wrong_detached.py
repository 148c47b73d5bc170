"""The partition function is treated as a constant."""
# fails: expected_less_observed


def sequence_nll(U, T, tags, lengths):
    inside = tags >= 0
    tags = tags.clamp(min=0)
    words = U.gather(2, tags[:, :, None])[:, :, 0]
    score_of_tags = (words * inside).sum(dim=1) + (T[tags[:, :-1], tags[:, 1:]] * inside[:, 1:]).sum(dim=1)
    return log_partition(U, T, lengths).detach() - score_of_tags
