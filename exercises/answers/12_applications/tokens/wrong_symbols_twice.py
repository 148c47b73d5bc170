"""A symbol that two merges make stands there twice."""
# fails: symbols_of_the_text


def vocabulary(words, merges):
    return [*sorted(set("".join(words))), *(a + b for a, b in merges)]
