"""Output by output."""


def conv2d_backward(grad, x, weight, stride=1, padding=0):
    n, c, h, w = x.shape
    kh, kw = weight.shape[2:]
    padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    dx, dw = torch.zeros_like(padded), torch.zeros_like(weight)
    for i in range(grad.shape[2]):
        for j in range(grad.shape[3]):
            place = (slice(None), slice(None), slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw))
            g = grad[:, :, i, j]
            dw += torch.einsum("no,ncab->ocab", g, padded[place])
            dx[place] += torch.einsum("no,ocab->ncab", g, weight)
    return dx[:, :, padding : padding + h, padding : padding + w].clone(), dw, torch.einsum("noij->o", grad)
