"""Rank equal to the dimension instead of to the number of vectors."""
# fails: any_number_of_vectors


def is_independent(vectors):
    return len(rref(torch.stack(vectors))[1]) == min(len(vectors), len(vectors[0]))
