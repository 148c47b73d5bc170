"""Messages without the sender's potential."""
# fails: one_edge_by_hand, trees_by_enumeration, star_of_sixty_leaves, single_cycles, beliefs_rewrite_the_model, chain_of_fifty, four_frustrated_spins, damped_messages_of_one_edge

def loopy_bp(unary, edges, pair, damping, steps, tol):
    E, k = len(edges), unary.shape[1]
    i, j = torch.tensor(edges).T
    source, target = torch.cat([i, j]), torch.cat([j, i])
    w = torch.cat([pair, pair.transpose(1, 2)])
    message, converged = torch.full((2 * E, k), -math.log(k), dtype=unary.dtype), False
    for _ in range(steps):
        inner = torch.zeros_like(unary).index_add(0, target, message)[source] - message.roll(E, 0)
        new = torch.log_softmax(torch.logsumexp(w + inner[:, :, None], dim=1), dim=1)
        new = torch.log((1 - damping) * new.exp() + damping * message.exp())
        converged = bool((new.exp() - message.exp()).abs().max() <= tol)
        message = new
        if converged:
            break
    out = unary.index_add(0, target, message)[source] - message.roll(E, 0)
    joint = pair + out[:E, :, None] + out[E:, None, :]
    return torch.softmax(unary.index_add(0, target, message), dim=1), torch.softmax(joint.flatten(1), dim=1).reshape(E, k, k), converged
