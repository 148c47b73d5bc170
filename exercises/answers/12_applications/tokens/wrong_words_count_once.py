"""The words' frequencies left out."""
# fails: merges_by_hand, score_by_hand, merges_by_substitution, repeated_letters, scores_by_counting

_train, _scores = train_bpe, wordpiece_scores


def train_bpe(words, merges):
    return _train(dict.fromkeys(words, 1), merges)


def wordpiece_scores(words):
    return _scores(dict.fromkeys(words, 1))
