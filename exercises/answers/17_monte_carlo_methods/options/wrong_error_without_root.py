"""The standard deviation over n."""
# fails: arithmetic_calls, errors_of_calls

with_control = asian_call


def asian_call(S, K, r, sigma, T, m, n, generator):
    value, error = with_control(S, K, r, sigma, T, m, n, generator)
    return value, error / math.sqrt(n)
