"""Row by row, word by word."""

def negative_sampling_loss(positive, negative):
    rows = [torch.logaddexp(-p, 0 * p) + torch.logaddexp(q, 0 * q).sum() for p, q in zip(positive, negative)]
    return sum(rows) / len(rows)


def sampled_softmax_loss(positive, negative, log_q_positive, log_q_negative, hits):
    rows = []
    for p, q, lp, lq, hit in zip(positive, negative, log_q_positive, log_q_negative, hits):
        logits = torch.cat([(p - lp)[None], (q - lq)[~hit]])
        rows.append(-torch.log_softmax(logits, dim=0)[0])
    return torch.stack(rows).mean()


def self_normalized_loss(scores, target, alpha):
    log_Z = scores.exp().sum(dim=1).log()
    return (-scores.gather(1, target[:, None])[:, 0]).mean() + log_Z.mean() + alpha * log_Z.square().mean()


def streamed_cross_entropy(scores, target, V, chunk):
    logs, true = [], torch.zeros(len(target), dtype=torch.float64)
    for first in range(0, V, chunk):
        part = scores(first, min(V, first + chunk))
        logs.append(part.logsumexp(dim=1))
        for row, t in enumerate(target.tolist()):
            if first <= t < first + part.shape[1]:
                true[row] = part[row, t - first]
    return torch.stack(logs).logsumexp(dim=0).sub(true).mean()
