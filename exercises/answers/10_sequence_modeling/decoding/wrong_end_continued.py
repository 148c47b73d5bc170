"""Hypotheses go on after the end token, as if a new sequence began."""
# fails: length_in_the_final_choice, narrow_beams_are_greedy, ties, wide_beams_are_exhaustive


def after_the_end(tokens, end):
    return tokens[tokens.index(end) + 1 :] if end in tokens else tokens


def beam_search(step, width, end, most, alpha=0.0):
    beam = [(0.0, ())]
    for _ in range(most):
        pool = [(total + log, (*tokens, k)) for total, tokens in beam for k, log in enumerate(step(after_the_end(tokens, end)))]
        beam = sorted(pool, key=lambda h: (-h[0], h[1]))[:width]
    score, tokens = min((-total / len(tokens) ** alpha, tokens) for total, tokens in beam)
    return tokens, -score
