"""ReLU in place, on the input when nothing lies on the way around."""
# fails: inputs_kept


class BasicBlock(BasicBlock):
    def forward(self, x):
        x += self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())) if isinstance(self.shortcut, nn.Identity) else 0
        if isinstance(self.shortcut, nn.Identity):
            return x.relu_()
        return (self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())) + self.shortcut(x)).relu()
