"""The visible layer is enumerated, however large it is."""
# fails: wide_layers

def rbm_log_partition(W, b, c):
    if len(b) > 30:
        raise MemoryError(f"2^{len(b)} states")
    return torch.logsumexp(-free_energy(every_state(len(b)), W, b, c), dim=0)
