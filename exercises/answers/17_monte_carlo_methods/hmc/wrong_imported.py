"""The answer imported from the library."""
# fails: all

from dlcore.montecarlo import hamiltonian_monte_carlo


def hmc(U, grad, x, step, n, draws, mass, generator):
    settings = {"step_size": step, "steps": n, "mass": mass, "generator": generator}
    states = hamiltonian_monte_carlo(lambda x: -U(x), x, draws, **settings).samples
    before = torch.cat([x[:, None], states[:, :-1]], dim=1)
    return states, (states != before).any(dim=2)
