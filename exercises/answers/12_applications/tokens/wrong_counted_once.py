"""The most frequent pairs of the characters, counted once for all."""
# fails: merges_by_hand, merges_by_substitution, repeated_letters


def train_bpe(words, merges):
    counts = {}
    for word, n in words.items():
        for pair in zip(word, word[1:]):
            counts[pair] = counts.get(pair, 0) + n
    return sorted(counts, key=lambda pair: (-counts[pair], pair))[:merges]
