"""Tables are added, as if they were logarithms."""
# fails: product_and_sum_by_hand, two_factors_by_hand, products_of_einsum, marginals_of_einsum, chain_of_sixty

names_of_the_product = multiply


def multiply(a, b):
    ones_a, ones_b = (a[0], torch.ones_like(a[1])), (b[0], torch.ones_like(b[1]))
    names, left = names_of_the_product(a, ones_b)
    return names, left + names_of_the_product(ones_a, b)[1]
