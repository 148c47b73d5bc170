"""An error when no pairs are left."""
# fails: repeated_letters


def train_bpe(words, merges):
    learned = []
    for _ in range(merges):
        counts = {}
        for word, n in words.items():
            symbols = encode(word, learned)
            for pair in zip(symbols, symbols[1:]):
                counts[pair] = counts.get(pair, 0) + n
        learned.append(min(counts, key=lambda pair: (-counts[pair], pair)))
    return learned
