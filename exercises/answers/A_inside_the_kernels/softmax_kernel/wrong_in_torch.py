"""The library's softmax."""
# fails: all


def softmax_rows(x, y):
    y.copy_(torch.softmax(x.float(), dim=1))
