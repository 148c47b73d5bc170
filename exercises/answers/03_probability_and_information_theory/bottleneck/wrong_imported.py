"""The answer imported from the library."""
# fails: all

from dlcore.probability import information_bottleneck


def ib_step(p_x, channel, encoder, beta):
    return information_bottleneck(p_x[:, None] * channel, encoder.shape[1], beta).encoder
