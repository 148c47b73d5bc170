"""The current compared with the threshold, without the resistance."""
# fails: rate_of_several_currents


def firing_rate(I, R, tau, v_th, t_ref):
    above = I > v_th
    drive = torch.where(above, I, 2 * v_th)
    return torch.where(above, 1 / (t_ref + tau * torch.log(drive / (drive - v_th))), 0.0)
