"""Positions counted, inputs listed, costs written out."""


def output_size(n, k, s=1, p=0, d=1):
    starts = [i for i in range(0, n + 2 * p, s) if i + d * (k - 1) < n + 2 * p]
    if not starts:
        raise ValueError("no place for the kernel")
    return len(starts)


def same_padding(k, d=1):
    return (d * (k - 1)) // 2, -((-d * (k - 1)) // 2)


def receptive_field(layers):
    first, last, step = {0}, {0}, 1
    jump = math.prod(s for _, s, _ in layers)
    for k, s, d in reversed(layers):
        first = {s * i + d * a for i in first for a in range(k)}
    return max(first) - min(first) + 1, jump


def conv_parameters(c_in, c_out, k, groups=1, bias=True):
    return groups * (c_in // groups) * (c_out // groups) * k * k + int(bias) * c_out


def conv_macs(n, c_in, c_out, k, s=1, p=0, groups=1):
    side = output_size(n, k, s, p)
    return side * side * c_out * k * k * c_in // groups


def separable_share(c_in, c_out, k):
    return 1 / c_out + 1 / k**2
