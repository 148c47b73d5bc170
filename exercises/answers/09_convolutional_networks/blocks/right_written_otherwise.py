"""Products by einsum; the shortcut chosen by an expression; the separable layer as a Sequential inside."""


def residual_forward(x, W1, W2, P=None):
    hidden = torch.einsum("nd,md->nm", x, W1).clamp(min=0)
    skip = x if P is None else torch.einsum("nd,ed->ne", x, P)
    return torch.einsum("nm,em->ne", hidden, W2) + skip


def residual_backward(grad, x, W1, W2, P=None):
    active = (torch.einsum("nd,md->nm", x, W1) > 0).to(x.dtype)
    hidden = torch.einsum("nd,md->nm", x, W1) * active
    d_hidden = torch.einsum("ne,em,nm->nm", grad, W2, active)
    dx = torch.einsum("nm,md->nd", d_hidden, W1)
    dx = dx + (grad if P is None else torch.einsum("ne,ed->nd", grad, P))
    dP = None if P is None else torch.einsum("ne,nd->ed", grad, x)
    return dx, torch.einsum("nm,nd->md", d_hidden, x), torch.einsum("ne,nm->em", grad, hidden), dP


class BasicBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        same = c_in == c_out and stride == 1
        self.shortcut = nn.Identity() if same else nn.Sequential(nn.Conv2d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm2d(c_out))
        self.conv1, self.bn1 = nn.Conv2d(c_in, c_out, 3, stride, padding=1, bias=False), nn.BatchNorm2d(c_out)
        self.conv2, self.bn2 = nn.Conv2d(c_out, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out)

    def forward(self, x):
        out = nn.functional.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return nn.functional.relu(self.shortcut(x) + out)


class SeparableConv2d(nn.Sequential):
    def __init__(self, c_in, c_out, k, stride=1):
        super().__init__()
        self.depthwise = nn.Conv2d(c_in, c_in, k, stride, (k - 1) // 2, 1, c_in, False)
        self.pointwise = nn.Conv2d(c_in, c_out, (1, 1), bias=False)
