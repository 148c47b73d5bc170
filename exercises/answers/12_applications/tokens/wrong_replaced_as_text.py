"""Joined letters replaced in the text, across what has been merged."""
# fails: merges_by_substitution, new_words


def encode(word, merges):
    text = "\n".join(word)
    for a, b in merges:
        text = text.replace(a + "\n" + b, a + b)
    return text.split("\n") if word else []
