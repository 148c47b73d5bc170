"""The start is overwritten."""
# fails: nearest_in_reverse_divergence

def reverse_product(P, w):
    for _ in range(500):
        u = torch.softmax(P.log() @ w, dim=0)
        w.copy_(torch.softmax(u @ P.log(), dim=0))
    return u, w.clone()
