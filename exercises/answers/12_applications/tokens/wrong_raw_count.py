"""The pairs' counts for scores."""
# fails: score_by_hand, scores_by_counting


def wordpiece_scores(words):
    pairs = {}
    for symbols, n in words.items():
        for pair in zip(symbols, symbols[1:]):
            pairs[pair] = pairs.get(pair, 0) + n
    return pairs
