"""Markov's inequality applied to variables that may be negative."""
# fails: markov_refuses


def markov(mean, a):
    return min(1.0, abs(mean / a)) if a else 1.0
