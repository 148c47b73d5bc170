"""The search ends with the first hypothesis that is finished."""
# fails: length_in_the_final_choice, wide_beams_are_exhaustive


def beam_search(step, width, end, most, alpha=0.0):
    beam = [(0.0, ())]
    for _ in range(most):
        pool = [(total + log, (*tokens, k)) for total, tokens in beam for k, log in enumerate(step(tokens))]
        beam = sorted(pool, key=lambda h: (-h[0], h[1]))[:width]
        finished = [h for h in beam if h[1][-1] == end]
        if finished:
            return finished[0][1], finished[0][0] / len(finished[0][1]) ** alpha
    score, tokens = min((-total / len(tokens) ** alpha, tokens) for total, tokens in beam)
    return tokens, -score
