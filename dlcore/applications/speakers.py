"""Whose voice: a vector for a voice, who spoke when, and how wrong that is."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import AgglomerativeClustering
from torch import Tensor, nn
from torch.nn import functional as F


class StatisticsPooling(nn.Module):
    """Mean and standard deviation over time: a sound of any length as one vector.

    Args:
        eps: added to the variance before the root, so that silence has a gradient.

    Equation: :eq:`eq-statistics-pooling`.
    Section: :ref:`sec-speaker-recognition`.

    Source: Snyder et al. (2018), X-vectors: robust DNN embeddings for speaker recognition,
        doi:10.1109/ICASSP.2018.8461375.

    Example:
        >>> StatisticsPooling()(torch.zeros(2, 5, 40)).shape
        torch.Size([2, 10])

    In production: torch.std_mean over time.
    """

    def __init__(self, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, x: Float[Tensor, "n c t"]) -> Float[Tensor, "n both"]:
        """Means of the c features, then standard deviations, shape (n, 2 c)."""
        mean = x.mean(-1)
        variance = (x - mean[..., None]).square().mean(-1)
        return torch.cat([mean, (variance + self.eps).sqrt()], 1)


class SpeakerEncoder(nn.Module):
    """An x-vector: what stays the same of a voice, whatever it says.

    Dilated convolutions over time, `StatisticsPooling`, a linear layer, length 1. Train it with a
    classifier of speakers on top; compare two voices by the cosine of their vectors.

    Args:
        n_mels: bands of the log mel spectrogram.
        embedding_dim: length of the vectors, e.
        channels: features of each frame.

    Attributes:
        frames: the convolutions.
        embedding: the linear layer.

    Raises:
        ValueError: features of another shape.

    Equation: :eq:`eq-statistics-pooling`.
    Section: :ref:`sec-speaker-recognition`.

    Source: Snyder et al. (2018), X-vectors: robust DNN embeddings for speaker recognition,
        doi:10.1109/ICASSP.2018.8461375.

    Example:
        >>> vectors = SpeakerEncoder(20, 32)(torch.randn(3, 20, 76))
        >>> vectors.shape, vectors.norm(dim=1).round(decimals=4)
        (torch.Size([3, 32]), tensor([1., 1., 1.], grad_fn=<RoundBackward1>))

    In production: speechbrain's pre-trained ECAPA-TDNN.
    """

    def __init__(self, n_mels: int, embedding_dim: int = 32, channels: int = 64) -> None:
        super().__init__()
        self.n_mels = n_mels
        layers: list[nn.Module] = []
        for inputs, kernel, dilation in ((n_mels, 5, 1), (channels, 3, 2), (channels, 3, 3)):
            reach = dilation * (kernel - 1) // 2
            layers.append(nn.Conv1d(inputs, channels, kernel, padding=reach, dilation=dilation))
            layers += [nn.BatchNorm1d(channels), nn.ReLU()]
        self.frames = nn.Sequential(*layers)
        self.pool = StatisticsPooling()
        self.embedding = nn.Linear(2 * channels, embedding_dim)

    def forward(self, features: Float[Tensor, "n m t"]) -> Float[Tensor, "n e"]:
        """Vectors of length 1, shape (n, e), of log mel spectrograms (n, n_mels, t)."""
        if features.ndim != 3 or features.shape[1] != self.n_mels:
            raise ValueError(f"expected shape (n, {self.n_mels}, t), got {tuple(features.shape)}")
        return F.normalize(self.embedding(self.pool(self.frames(features))), dim=-1)


def diarize(
    embeddings: Float[Tensor, "s e"],
    *,
    speakers: int | None = None,
    threshold: float | None = None,
) -> Int[Tensor, " s"]:
    """Who spoke when: pieces of a recording grouped by voice, the nearest groups merged first.

    Args:
        embeddings: a vector for each piece, in time, shape (s, e).
        speakers: how many voices there are, if known.
        threshold: otherwise: groups whose pieces are on average farther apart than this, in
            1 - cosine, stay apart.

    Returns:
        A number for each piece, shape (s,): voices counted in the order in which they speak.

    Raises:
        ValueError: both or neither of speakers and threshold, more speakers than pieces, no piece,
            or a vector of length 0.

    Section: :ref:`sec-speaker-recognition`.

    Source: Garcia-Romero et al. (2017), Speaker diarization using deep neural network embeddings,
        doi:10.1109/ICASSP.2017.7953094.

    Example:
        >>> voices = torch.tensor([[0.0, 1.0], [1.0, 0.1], [0.1, 1.0], [1.0, 0.0]])
        >>> diarize(voices, speakers=2)
        tensor([0, 1, 0, 1])

    In production: pyannote.audio.
    """
    pieces = len(embeddings)
    if (speakers is None) == (threshold is None):
        raise ValueError(f"give either speakers or threshold, got {speakers} and {threshold}")
    if pieces < 1 or (speakers is not None and not 1 <= speakers <= pieces):
        raise ValueError(f"expected 1 to {pieces} speakers, got {speakers}")
    if bool((embeddings.norm(dim=1) == 0).any()):
        raise ValueError("a vector of length 0 has no direction")
    if pieces == 1:
        return torch.zeros(1, dtype=torch.int64, device=embeddings.device)
    grouping = AgglomerativeClustering(
        n_clusters=speakers, distance_threshold=threshold, metric="cosine", linkage="average"
    )
    labels = grouping.fit_predict(embeddings.detach().cpu().numpy())
    _, first, codes = np.unique(labels, return_index=True, return_inverse=True)
    order = first.argsort().argsort()
    return torch.from_numpy(order[codes]).to(embeddings.device)


class DiarizationError(NamedTuple):
    """Shares of the time in which somebody speaks.

    Attributes:
        missed: somebody speaks, nobody is noticed.
        false_alarm: nobody speaks, somebody is noticed; may exceed 1.
        confusion: somebody else is noticed.
        rate: their sum.
    """

    missed: float
    false_alarm: float
    confusion: float
    rate: float


def diarization_error_rate(
    reference: Int[Tensor, " t"], hypothesis: Int[Tensor, " t"], *, silence: int = -1
) -> DiarizationError:
    """The share of speech that is given to nobody, to somebody wrongly, or to somebody else.

    Names do not matter: each speaker of the hypothesis is taken for at most one of the reference,
    so that as much time as possible agrees.

    Args:
        reference: who speaks in each frame, shape (t,).
        hypothesis: who is said to speak, shape (t,).
        silence: the number that means nobody.

    Returns:
        The three parts and their sum.

    Raises:
        ValueError: different lengths, or a reference in which nobody speaks.

    Equation: :eq:`eq-diarization-error-rate`.
    Section: :ref:`sec-speaker-recognition`.

    Source: NIST (2009), The 2009 rich transcription meeting recognition evaluation plan.

    Example:
        >>> who = torch.tensor([0, 0, 0, 1, 1, -1, 1, 1])
        >>> diarization_error_rate(who, torch.tensor([5, 5, 3, 3, 3, 3, 3, -1])).rate
        0.42857142857142855

    In production: pyannote.metrics.diarization.DiarizationErrorRate.
    """
    if reference.shape != hypothesis.shape:
        raise ValueError(f"{len(reference)} frames in one, {len(hypothesis)} in the other")
    spoken, noticed = reference != silence, hypothesis != silence
    total = int(spoken.sum())
    if not total:
        raise ValueError("nobody speaks in the reference")
    both = spoken & noticed
    _, rows = reference[both].unique(return_inverse=True)
    _, columns = hypothesis[both].unique(return_inverse=True)
    size = (int(rows.max()) + 1, int(columns.max()) + 1) if len(rows) else (0, 0)
    together = torch.zeros(size, dtype=torch.int64)
    together.index_put_((rows.cpu(), columns.cpu()), torch.tensor(1), accumulate=True)
    agreed = int(together[linear_sum_assignment(together.numpy(), maximize=True)].sum())
    missed = int((spoken & ~noticed).sum()) / total
    false_alarm = int((noticed & ~spoken).sum()) / total
    confusion = (int(both.sum()) - agreed) / total
    return DiarizationError(missed, false_alarm, confusion, missed + false_alarm + confusion)
