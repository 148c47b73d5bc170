"""Exponentials of large entries overflow.

# fails: stable
"""
def softmax(z):
    return z.exp() / z.exp().sum(-1, keepdim=True)
