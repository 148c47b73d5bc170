"""Convolutions with biases, although batch normalizations follow."""
# fails: parameters_by_hand, block_without_change_of_shape, block_with_change_of_shape, parameters_counted


class BasicBlock(BasicBlock):
    def __init__(self, c_in, c_out, stride=1):
        super(type(self), self).__init__(c_in, c_out, stride)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, 1)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1)
