"""Rows are taken to lie side by side."""
# fails: rows_lie_apart, weight_and_bias


def layer_norm_rows(x: Tensor, weight: Tensor, bias: Tensor, y: Tensor, eps: float) -> None:
    n, d = x.shape
    block = triton.next_power_of_2(d)
    layer_norm_kernel[(n,)](x, weight, bias, y, d, d, d, eps, block)
