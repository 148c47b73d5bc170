"""Rows for inputs."""
# fails: influences_in_closed_form

whole = influence


def influence(f, X):
    return whole(f, X).T
