"""Networks that listen: a keyword recognizer, one that writes letters, a pyramid of recurrences."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from dlcore.models import Memory


def _block(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(inputs, outputs, 5, stride=stride, padding=2),
        nn.BatchNorm1d(outputs),
        nn.ReLU(),
    )


def _centered(features: Tensor, n_mels: int) -> Tensor:
    """Each band without its mean over time: what a microphone adds everywhere is gone."""
    if features.ndim != 3 or features.shape[1] != n_mels:
        raise ValueError(f"expected shape (n, {n_mels}, t), got {tuple(features.shape)}")
    return features - features.mean(-1, keepdim=True)


class KeywordRecognizer(nn.Module):
    """Which of a few words was said: convolutions over time, the mean, a linear layer.

    Args:
        n_mels: bands of the log mel spectrogram.
        num_classes: number of words, k.
        channels: features of each frame.

    Attributes:
        frames: the convolutions, (n, n_mels, t) to (n, channels, t / 4).
        head: logits from the mean over time.

    Raises:
        ValueError: features of another shape.

    Section: :ref:`sec-speech-recognition`.

    Source: Sainath, Parada (2015), Convolutional neural networks for small-footprint keyword
        spotting, Interspeech.

    Example:
        >>> KeywordRecognizer(20, 10)(torch.zeros(3, 20, 76)).shape
        torch.Size([3, 10])

    In production: a pre-trained encoder, fine-tuned.
    """

    def __init__(self, n_mels: int, num_classes: int, channels: int = 32) -> None:
        super().__init__()
        self.n_mels = n_mels
        self.frames = nn.Sequential(
            _block(n_mels, channels, 2),
            _block(channels, channels, 2),
            _block(channels, channels, 1),
        )
        self.head = nn.Linear(channels, num_classes)

    def forward(self, features: Float[Tensor, "n m t"]) -> Float[Tensor, "n k"]:
        """Logits (n, k) of log mel spectrograms (n, n_mels, t)."""
        return self.head(self.frames(_centered(features, self.n_mels)).mean(-1))


class CTCRecognizer(nn.Module):
    """Symbols for every second frame, to be trained with `ctc_loss`.

    Args:
        n_mels: bands of the log mel spectrogram.
        num_symbols: number of classes, the blank among them, k.
        hidden_size: size of each direction's state.

    Attributes:
        frames: a convolution that halves the number of frames.
        rnn: a bidirectional torch.nn.GRU.
        head: logits of the symbols.

    Raises:
        ValueError: features of another shape.

    Section: :ref:`sec-speech-recognition`.

    Source: Graves, Fernández, Gomez, Schmidhuber (2006), Connectionist temporal classification,
        doi:10.1145/1143844.1143891.

    Example:
        >>> CTCRecognizer(20, 12)(torch.zeros(3, 20, 76)).shape
        torch.Size([38, 3, 12])

    In production: a pre-trained encoder such as wav2vec 2.0 with a linear head.
    """

    def __init__(self, n_mels: int, num_symbols: int, hidden_size: int = 64) -> None:
        super().__init__()
        self.n_mels = n_mels
        self.frames = _block(n_mels, hidden_size, 2)
        self.rnn = nn.GRU(hidden_size, hidden_size, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * hidden_size, num_symbols)

    def forward(self, features: Float[Tensor, "n m t"]) -> Float[Tensor, "frames n k"]:
        """Log probabilities (ceil(t / 2), n, k) of log mel spectrograms (n, n_mels, t)."""
        frames = self.frames(_centered(features, self.n_mels))
        return self.head(self.rnn(frames.mT)[0]).transpose(0, 1).log_softmax(-1)


class PyramidEncoder(nn.Module):
    """Recurrent layers that each halve the number of frames, for attention to have less to search.

    The first layer reads the frames, every further one the states below in pairs, side by side. A
    last state without partner is dropped.

    Args:
        input_size: features of a frame.
        hidden_size: size of each direction's state.
        num_layers: how many times the frames are halved.

    Attributes:
        layers: num_layers + 1 bidirectional torch.nn.LSTM.
        output_size: features of the states that come out.

    Raises:
        ValueError: no halving, frames of another shape, or a sequence shorter than 2 to the power
            of num_layers.

    Section: :ref:`sec-speech-recognition`.

    Source: Chan, Jaitly, Le, Vinyals (2016), Listen, attend and spell, arXiv:1508.01211.

    Example:
        >>> memory = PyramidEncoder(20, 8)(torch.zeros(3, 50, 20), torch.tensor([50, 24, 9]))
        >>> memory.states.shape, memory.mask.sum(1)
        (torch.Size([3, 6, 16]), tensor([6, 3, 1]))

    In production: a convolution with stride before a Transformer.
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 3) -> None:
        super().__init__()
        if num_layers < 1:
            raise ValueError(f"num_layers must be at least 1, got {num_layers}")
        self.output_size = 2 * hidden_size
        sizes = [input_size] + [2 * self.output_size] * num_layers
        self.layers = nn.ModuleList(
            nn.LSTM(size, hidden_size, batch_first=True, bidirectional=True) for size in sizes
        )

    def forward(
        self, x: Float[Tensor, "n t d"], lengths: Int[Tensor, " n"] | None = None
    ) -> Memory:
        """States for `AttentionDecoder`: shape (n, t // 2**num_layers, 2 hidden_size).

        Args:
            x: frames, shape (n, t, d).
            lengths: how many of them are real, shape (n,); default all.
        """
        n, t, d = x.shape
        expected = self.layers[0].input_size
        lengths = torch.full((n,), t) if lengths is None else lengths.cpu()
        shortest = 2 ** (len(self.layers) - 1)
        if d != expected or int(lengths.min()) < shortest:
            raise ValueError(
                f"expected {expected} features and at least {shortest} frames, got {d} features "
                f"and {lengths.tolist()} frames"
            )
        for depth, layer in enumerate(self.layers):
            if depth:
                pairs = x.shape[1] // 2
                x = x[:, : 2 * pairs].reshape(n, pairs, -1)
                lengths = lengths // 2
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            states, (last, _) = layer(packed)
            x, _ = pad_packed_sequence(states, batch_first=True, total_length=x.shape[1])
        mask = torch.arange(x.shape[1]) < lengths[:, None]
        return Memory(x, last.transpose(0, 1).flatten(1), mask.to(x.device))
