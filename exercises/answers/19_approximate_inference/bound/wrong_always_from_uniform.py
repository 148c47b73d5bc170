"""The start is not used."""
# fails: one_mode_or_the_other

def reverse_product(P, w):
    w = torch.full_like(w, 1 / len(w))
    for _ in range(500):
        u = torch.softmax(P.log() @ w, dim=0)
        w = torch.softmax(u @ P.log(), dim=0)
    return u, w
