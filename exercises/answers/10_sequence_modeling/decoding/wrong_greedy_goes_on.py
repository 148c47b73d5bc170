"""The greedy search doesn't stop at the end token."""
# fails: narrow_beams_are_greedy


def greedy(step, end, most):
    tokens, total = (), 0.0
    while len(tokens) < most:
        logs = step(tokens[tokens.index(end) + 1 :] if end in tokens else tokens)
        best = logs.index(max(logs))
        tokens, total = (*tokens, best), total + logs[best]
    return tokens, total
