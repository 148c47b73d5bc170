"""Values of this sweep used in this sweep."""
# fails: two_states_by_hand, sweeps_by_matrix_powers


def policy_evaluation(P, R, gamma, policy, sweeps):
    v = torch.zeros_like(R[:, 0])
    for _ in range(sweeps):
        for s in range(len(v)):
            v[s] = (policy[s] * (R[s] + gamma * P[s] @ v)).sum()
    return v
