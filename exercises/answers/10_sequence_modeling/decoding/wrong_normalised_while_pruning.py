"""Sums are divided by the length when the beam is pruned, not in the end."""
# fails: length_in_the_final_choice


def beam_search(step, width, end, most, alpha=0.0):
    beam = [(0.0, ())]
    for _ in range(most):
        pool = []
        for total, tokens in beam:
            if tokens[-1:] == (end,):
                pool.append((total, tokens))
            else:
                pool += [(total + log, (*tokens, k)) for k, log in enumerate(step(tokens))]
        beam = sorted(pool, key=lambda h: (-h[0] / len(h[1]) ** alpha, h[1]))[:width]
    score, tokens = min((-total, tokens) for total, tokens in beam)
    return tokens, -score
