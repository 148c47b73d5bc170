"""The best of each parent are kept."""
# fails: length_in_the_final_choice, wider_is_not_always_better


def beam_search(step, width, end, most, alpha=0.0):
    beam = [(0.0, ())]
    for _ in range(most):
        pool = []
        for total, tokens in beam:
            if tokens[-1:] == (end,):
                pool.append((total, tokens))
            else:
                mine = [(total + log, (*tokens, k)) for k, log in enumerate(step(tokens))]
                pool += sorted(mine, key=lambda h: (-h[0], h[1]))[:width]
        beam = sorted(pool, key=lambda h: (-h[0], h[1]))[: max(width, 6)]
    score, tokens = min((-total / len(tokens) ** alpha, tokens) for total, tokens in beam)
    return tokens, -score
