"""The rest after a spike is left out, in the formula and in the simulation."""
# fails: rate_of_several_currents, first_spikes, simulation_and_formula


def firing_rate(I, R, tau, v_th, t_ref):
    above = R * I > v_th
    drive = torch.where(above, R * I, 2 * v_th)
    return torch.where(above, 1 / (tau * torch.log(drive / (drive - v_th))), 0.0)


def simulate(I, R, tau, v_th, t_ref, dt, steps):
    v, spikes = 0.0, 0
    for _ in range(steps):
        v += dt / tau * (R * I - v)
        if v >= v_th:
            v, spikes = 0.0, spikes + 1
    return spikes
