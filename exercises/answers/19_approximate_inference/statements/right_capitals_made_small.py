"""Capital letters, made small."""

LETTERS = "BBACBBABBBCACAC"
NAMES = "posterior bound model independent narrow modes parallel chains encoder discrete loops damping moments laplace particles"
statements = dict(zip(NAMES.split(), LETTERS.lower()))
