"""A right answer that warns, prints and logs: no point is lost."""
# states: passed
# points: 5
import warnings, logging, sys
def softmax(z):
    warnings.warn("careful")
    logging.error("log")
    print("out"); print("err", file=sys.stderr)
    e = torch.exp(z - z.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
