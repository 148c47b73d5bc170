"""A full convolution before the pointwise one."""
# fails: parameters_by_hand, factored_kernels, parameters_counted


class SeparableConv2d(nn.Module):
    def __init__(self, c_in, c_out, k, stride=1):
        super().__init__()
        self.depthwise = nn.Conv2d(c_in, c_in, k, stride, k // 2, bias=False)
        self.pointwise = nn.Conv2d(c_in, c_out, 1, bias=False)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))
