"""Does one of several programs pass the tests?"""

import math


def pass_at_k(n: int, c: int, k: int) -> float:
    r"""The chance that k programs, drawn from n of which c are right, contain a right one.

    Args:
        n: how many programs were written for a task.
        c: how many of them pass all tests.
        k: how many one may hand in.

    Returns:
        $1 - \binom{n-c}{k} / \binom{n}{k}$, which estimates the chance of k fresh programs without
        bias; $1 - (1 - c/n)^k$ does not.

    Raises:
        ValueError: not 0 <= c <= n, or not 1 <= k <= n.

    Equation: :eq:`eq-pass-at-k`.
    Section: :ref:`sec-text-generation`.

    Source: Chen et al. (2021), Evaluating large language models trained on code, arXiv:2107.03374,
        section 2.1.

    Example:
        >>> pass_at_k(10, 5, 1)
        0.5

    In production: evaluate.load("code_eval").
    """
    if not 0 <= c <= n or not 1 <= k <= n:
        raise ValueError(f"expected 0 <= c <= n and 1 <= k <= n, got n={n}, c={c}, k={k}")
    return 1 - math.comb(n - c, k) / math.comb(n, k)
