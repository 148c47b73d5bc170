"""Products and sums by einsum on lists of axes; the order by a matrix of neighbours."""


def multiply(a, b):
    names = tuple(dict.fromkeys([*a[0], *b[0]]))
    number = {v: i for i, v in enumerate(names)}
    table = torch.einsum(a[1], [number[v] for v in a[0]], b[1], [number[v] for v in b[0]], [number[v] for v in names])
    return names, table


def sum_out(factor, name):
    at = list(factor[0]).index(name)
    return factor[0][:at] + factor[0][at + 1 :], factor[1].sum(at)


def eliminate(factors, order):
    left, sizes = list(factors), []
    for name in order:
        first, *others = [f for f in left if name in f[0]]
        for f in others:
            first = multiply(first, f)
        sizes.append(math.prod(first[1].shape))
        left = [sum_out(first, name)] + [f for f in left if name not in f[0]]
    result = left[0]
    for f in left[1:]:
        result = multiply(result, f)
    return result, sizes


def greedy_order(factors):
    names = sorted({v for scope, _ in factors for v in scope}, reverse=True)
    A = torch.zeros(len(names), len(names), dtype=torch.bool)
    for scope, _ in factors:
        at = [names.index(v) for v in scope]
        A[torch.tensor(at)[:, None], torch.tensor(at)] = True
    A.fill_diagonal_(False)
    order, left = [], list(range(len(names)))
    while left:
        v = min(left, key=lambda u: int(A[u].sum()))
        near = A[v].nonzero()[:, 0]
        A[near[:, None], near] = True
        A[v, :] = A[:, v] = False
        A.fill_diagonal_(False)
        left.remove(v)
        order.append(names[v])
    return order
