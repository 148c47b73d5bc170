"""All factors are multiplied first."""
# fails: sizes_of_tables, chain_of_sixty


def eliminate(factors, order):
    names = list(dict.fromkeys(v for scope, _ in factors for v in scope))
    letter = dict(zip(names, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    terms = ["".join(letter[v] for v in scope) for scope, _ in factors]
    table = torch.einsum(",".join(terms) + "->" + "".join(letter[v] for v in names), *[t for _, t in factors])
    joint, sizes = (tuple(names), table), []
    for name in order:
        sizes.append(joint[1].numel())
        joint = sum_out(joint, name)
    return joint, sizes
