"""The median of the best."""
# fails: best_of_two, luckiest_of_scipy


def expected_best(n, m):
    ways = 0
    for k in range(n + 1):
        ways += math.comb(n, k)
        if (ways / 2**n) ** m >= 0.5:
            return k / n
