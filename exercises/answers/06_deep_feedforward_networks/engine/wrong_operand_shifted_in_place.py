"""The logsumexp subtracts the largest entries from its operand itself."""
# fails: operands_unchanged

tidy = logsumexp


def logsumexp(a):
    largest = a.max(dim=-1, keepdim=True).values
    a -= largest
    value, vjp = tidy(a)
    return value + largest[:, 0], vjp
