"""The product of all messages over the receiver's, in probabilities."""
# fails: star_of_sixty_leaves

def loopy_bp(unary, edges, pair, damping, steps, tol):
    E, k = len(edges), unary.shape[1]
    i, j = torch.tensor(edges).T
    source, target, w = torch.cat([i, j]), torch.cat([j, i]), torch.cat([pair, pair.transpose(1, 2)]).exp()
    message, converged = torch.full((2 * E, k), 1 / k, dtype=unary.dtype), False

    def product(message):
        return torch.stack([u.exp() * message[target == node].prod(dim=0) for node, u in enumerate(unary)])

    for _ in range(steps):
        inner = product(message)[source] / message.roll(E, 0)
        new = (w * inner[:, :, None]).sum(dim=1)
        new = (1 - damping) * new / new.sum(dim=1, keepdim=True) + damping * message
        converged = bool((new - message).abs().max() <= tol)
        message = new
        if converged:
            break
    out, total = product(message)[source] / message.roll(E, 0), product(message)
    joint = w[:E] * out[:E, :, None] * out[E:, None, :]
    return total / total.sum(dim=1, keepdim=True), joint / joint.sum(dim=(1, 2), keepdim=True), converged
