"""Of equal sums the larger tokens win."""
# fails: ties, wider_is_not_always_better


def beam_search(step, width, end, most, alpha=0.0):
    beam = [(0.0, ())]
    for _ in range(most):
        pool = []
        for total, tokens in beam:
            if tokens[-1:] == (end,):
                pool.append((total, tokens))
            else:
                pool += [(total + log, (*tokens, k)) for k, log in enumerate(step(tokens))]
        beam = sorted(pool, reverse=True)[:width]
    score, tokens = max((total / len(tokens) ** alpha, tokens) for total, tokens in beam)
    return tokens, score
