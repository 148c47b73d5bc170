"""The coefficients by their definition: alpha minimises along p, beta makes the new direction conjugate to the old one."""


def conjugate_gradient(matvec, b, tol=1e-10, max_steps=100):
    x, r, steps = torch.zeros_like(b), b.clone(), 0
    p, goal = r.clone(), tol * torch.dot(b, b).sqrt()
    while torch.dot(r, r).sqrt() > goal:
        if steps >= max_steps:
            raise RuntimeError
        steps += 1
        Ap = matvec(p)
        pAp = torch.dot(p, Ap)
        if not pAp > 0:
            raise ValueError
        alpha = torch.dot(r, p) / pAp
        x = x + alpha * p
        r = r - alpha * Ap
        p = r - torch.dot(r, Ap) / pAp * p
    return x, steps
