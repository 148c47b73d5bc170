"""Divided by the length of the longer text."""
# fails: fifteen_paths, errors_by_recursion

_rate = word_errors


def word_errors(reference, hypothesis):
    true, said = len(reference.split()), len(hypothesis.split())
    return _rate(reference, hypothesis) * true / max(true, said)
