"""Words compared place by place."""
# fails: errors_by_recursion


def word_errors(reference, hypothesis):
    true, said = reference.split(), hypothesis.split()
    if not true:
        raise ValueError("no words")
    return (sum(a != b for a, b in zip(true, said)) + abs(len(true) - len(said))) / len(true)
