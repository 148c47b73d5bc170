"""Positions, counters and recursion."""

from collections import Counter


def encode(word, merges):
    symbols = list(word)
    for a, b in merges:
        i = 0
        while i < len(symbols) - 1:
            if symbols[i] == a and symbols[i + 1] == b:
                symbols[i : i + 2] = [a + b]
            i += 1
    return symbols


def train_bpe(words, merges):
    cut = {word: list(word) for word in words}
    learned = []
    while len(learned) < merges:
        counts = Counter()
        for word, symbols in cut.items():
            for i in range(len(symbols) - 1):
                counts[symbols[i], symbols[i + 1]] += words[word]
        if not counts:
            return learned
        most = max(counts.values())
        learned.append(sorted(pair for pair in counts if counts[pair] == most)[0])
        cut = {word: encode(word, learned) for word in words}
    return learned


def vocabulary(words, merges):
    symbols = sorted({c for word in words for c in word})
    for a, b in merges:
        if a + b not in symbols:
            symbols.append(a + b)
    return symbols


def wordpiece_scores(words):
    singles, pairs = Counter(), Counter()
    for symbols, n in words.items():
        singles.update({s: n * symbols.count(s) for s in set(symbols)})
        for i in range(len(symbols) - 1):
            pairs[symbols[i], symbols[i + 1]] += n
    return {pair: pairs[pair] / singles[pair[0]] / singles[pair[1]] for pair in pairs}


def _rest(word, vocabulary):
    if not word:
        return []
    for n in range(len(word), 0, -1):
        if "##" + word[:n] in vocabulary:
            after = _rest(word[n:], vocabulary)
            return None if after is None else ["##" + word[:n], *after]
    return None


def wordpiece(word, vocabulary):
    for n in range(len(word), 0, -1):
        if word[:n] in vocabulary:
            after = _rest(word[n:], vocabulary)
            return ["[UNK]"] if after is None else [word[:n], *after]
    return ["[UNK]"]
