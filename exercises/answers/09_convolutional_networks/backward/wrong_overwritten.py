"""What an input gets from one output overwritten by the next."""
# fails: nine_numbers_by_hand, gradients_by_x, strides_of_torch, paddings_of_torch


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    (n, c, h, w), (rows, columns) = x.shape, grad.shape[2:]
    padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    d_padded, d_weight = torch.zeros_like(padded), torch.zeros_like(weight)
    for a, b in itertools.product(range(weight.shape[2]), range(weight.shape[3])):
        places = slice(a, a + stride * rows, stride), slice(b, b + stride * columns, stride)
        d_weight[:, :, a, b] = torch.einsum("noij,ncij->oc", grad, padded[:, :, *places])
        d_padded[:, :, *places] = torch.einsum("noij,oc->ncij", grad, weight[:, :, a, b])
    return d_padded[:, :, padding : padding + h, padding : padding + w], d_weight, grad.sum(dim=(0, 2, 3))
