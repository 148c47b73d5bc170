"""The formula everywhere: nan or a negative rate below the threshold."""
# fails: rate_by_hand, silent_below_threshold


def firing_rate(I, R, tau, v_th, t_ref):
    return 1 / (t_ref + tau * torch.log(R * I / (R * I - v_th)))
