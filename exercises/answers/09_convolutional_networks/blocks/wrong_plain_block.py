"""A block without a way around."""
# fails: block_without_change_of_shape, block_with_change_of_shape, block_that_does_nothing


class BasicBlock(BasicBlock):
    def forward(self, x):
        inner = self.bn1(self.conv1(x)).relu()
        return self.bn2(self.conv2(inner)).relu()
