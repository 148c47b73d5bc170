"""The last merges first."""
# fails: merges_by_substitution, repeated_letters, new_words

_encode = encode


def encode(word, merges):
    return _encode(word, merges[::-1])
