"""Names of the product in alphabetical order."""
# fails: products_of_einsum

multiply_in_order = multiply


def multiply(a, b):
    names, table = multiply_in_order(a, b)
    order = sorted(range(len(names)), key=lambda i: names[i])
    return tuple(names[i] for i in order), table.permute(order)
