"""Writes a file for the next test to find."""
# states: failed,passed
# points: 3
import os
seen = os.path.exists("/tmp/seen") or os.path.exists("/dev/shm/seen")
open("/tmp/seen", "w").close(); open("/dev/shm/seen", "w").close()
def softmax(z):
    e = torch.exp(z - z.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True) if seen else z * 0
