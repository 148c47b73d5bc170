"""The input through ReLU before it is added."""
# fails: block_without_change_of_shape, block_with_change_of_shape


class BasicBlock(BasicBlock):
    def forward(self, x):
        inner = self.bn1(self.conv1(x)).relu()
        return self.bn2(self.conv2(inner)) + self.shortcut(x).relu()
