"""Each column is freed from the ones before it, twice over; least squares by appending b."""


def gram_schmidt(A):
    m, n = A.shape
    Q, R = [], torch.zeros(n, n, dtype=A.dtype)
    for k, column in enumerate(A.T):
        v = column.clone()
        for _ in range(2):
            for i, q in enumerate(Q):
                part = torch.dot(q, v)
                R[i, k] += part
                v = v - part * q
        length = torch.dot(v, v).sqrt()
        if not length > 10 * n * torch.finfo(A.dtype).eps * torch.dot(column, column).sqrt():
            raise ValueError(f"column {k}")
        R[k, k] = length
        Q.append(v / length)
    return torch.stack(Q, dim=1), R


def lstsq(A, b):
    Q, R = gram_schmidt(A)
    y = []
    for q in Q.T:
        y.append(torch.dot(q, b))
        b = b - y[-1] * q
    x = torch.zeros(len(y), dtype=A.dtype)
    for i in reversed(range(len(y))):
        x[i] = (y[i] - R[i, i + 1 :] @ x[i + 1 :]) / R[i, i]
    return x
