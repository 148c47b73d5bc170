"""The sum of the squares without its root."""
# fails: frobenius_norm

frobenius = 6.25
