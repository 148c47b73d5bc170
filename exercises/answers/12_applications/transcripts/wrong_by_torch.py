"""The loss of torch instead of one's own sum over paths."""
# fails: all


def ctc_log_prob(log_probs, target, blank=0):
    loss = torch.nn.CTCLoss(blank=blank, reduction="sum")
    sizes = torch.tensor([len(log_probs)]), torch.tensor([len(target)])
    return -loss(log_probs[:, None], torch.tensor([target]).long(), *sizes)
