"""0 times minus infinity is not a number."""
# fails: code_that_tells_apart, codes_of_probability_zero


def discrete_elbo(Q, P):
    return (Q * (P / Q).log()).sum(dim=1)


def split_kl(Q, p_x, p_z):
    mean = p_x @ Q
    information = p_x @ (Q * (Q / mean).log()).sum(dim=1)
    return information.item(), (mean * (mean / p_z).log()).sum().item()
