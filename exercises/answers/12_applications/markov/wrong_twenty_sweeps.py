"""Always twenty sweeps."""
# fails: two_actions_by_hand, best_of_all_policies, when_sweeps_end


def value_iteration(P, R, gamma, tolerance=1e-10):
    v = torch.zeros_like(R[:, 0])
    for _ in range(20):
        v = q_from_v(P, R, gamma, v).amax(dim=1)
    return v, q_from_v(P, R, gamma, v).argmax(dim=1).tolist()
