"""No ReLU between the convolutions."""
# fails: block_without_change_of_shape, block_with_change_of_shape


class BasicBlock(BasicBlock):
    def forward(self, x):
        return (self.bn2(self.conv2(self.bn1(self.conv1(x)))) + self.shortcut(x)).relu()
