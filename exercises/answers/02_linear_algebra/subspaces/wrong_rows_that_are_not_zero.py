"""Counts rows that are not zero before anything is eliminated."""
# fails: three_vectors_in_a_plane, dependent_though_no_two_are_parallel


def is_independent(vectors):
    return all(bool(v.any()) for v in vectors) and len(vectors) <= len(vectors[0])
