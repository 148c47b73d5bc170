"""The probability of one sequence, without the number of orders, and one side of the band."""
# fails: binomial_probability, normal_band

odds = {**odds, "seven": 0.5**10, "band": 0.3413}
