"""Only pairs of vectors are compared."""
# fails: three_vectors_in_a_plane, dependent_though_no_two_are_parallel, any_number_of_vectors


def is_independent(vectors):
    pairs = [(v, w) for i, v in enumerate(vectors) for w in vectors[:i]]
    parallel = any(len(rref(torch.stack(p))[1]) < 2 for p in pairs)
    return not parallel and all(bool(v.any()) for v in vectors)
