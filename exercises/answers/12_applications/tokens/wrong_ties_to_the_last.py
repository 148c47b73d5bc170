"""Of equally frequent pairs the alphabetically last."""
# fails: merges_by_substitution, repeated_letters


def train_bpe(words, merges):
    learned = []
    for _ in range(merges):
        counts = {}
        for word, n in words.items():
            symbols = encode(word, learned)
            for pair in zip(symbols, symbols[1:]):
                counts[pair] = counts.get(pair, 0) + n
        if not counts:
            break
        learned.append(max(counts, key=lambda pair: (counts[pair], pair)))
    return learned
