"""Sums of products over named axes, loops over sweeps."""


def check_mdp(P, R, gamma):
    if len(P.shape) != 3 or len(R.shape) != 2 or P.shape[0] != P.shape[2] or P.shape[:2] != R.shape:
        raise ValueError("shapes")
    if bool((P < 0).any()) or not torch.allclose(P.sum(-1), torch.ones_like(R), rtol=0, atol=1e-6):
        raise ValueError("probabilities")
    if gamma < 0 or not gamma < 1:
        raise ValueError("discount")


def q_from_v(P, R, gamma, v):
    return R + gamma * torch.einsum("sat,t->sa", P, v)


def v_from_q(q, policy):
    return torch.einsum("sa,sa->s", q, policy)


def policy_evaluation(P, R, gamma, policy, sweeps):
    moves, gains = torch.einsum("sa,sat->st", policy, P), v_from_q(R, policy)
    v = gains * 0
    for _ in range(sweeps):
        v = gains + gamma * moves @ v
    return v


def value_iteration(P, R, gamma, tolerance=1e-10):
    v = R.new_zeros(len(R))
    while True:
        new = (R + gamma * P @ v).max(1).values
        if not bool(((new - v).abs() > tolerance).any()):
            return new, (R + gamma * P @ new).max(1).indices.tolist()
        v = new


def exploitability(payoff, p):
    return -(payoff.T @ p).min().item()
