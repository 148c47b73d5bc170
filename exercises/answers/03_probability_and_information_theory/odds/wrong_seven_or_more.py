"""The probability of seven heads or more."""
# fails: binomial_probability

odds = {**odds, "seven": 176 / 1024}
