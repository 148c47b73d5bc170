"""Probabilities are multiplied."""
# fails: long_sequences


def beam_search(step, width, end, most, alpha=0.0):
    beam = [(1.0, ())]
    for _ in range(most):
        pool = []
        for p, tokens in beam:
            if tokens[-1:] == (end,):
                pool.append((p, tokens))
            else:
                pool += [(p * math.exp(log), (*tokens, k)) for k, log in enumerate(step(tokens))]
        beam = sorted(pool, key=lambda h: (-h[0], h[1]))[:width]
    logs = [(math.log(p) if p else -math.inf, tokens) for p, tokens in beam]
    score, tokens = min((-total / len(tokens) ** alpha, tokens) for total, tokens in logs)
    return tokens, -score
