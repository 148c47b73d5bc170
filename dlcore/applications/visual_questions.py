"""Questions about images: the question decides what a network looks for."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class VQAModel(nn.Module):
    """Answers to short questions about small images.

    The sum of the words' vectors scales and shifts the channels of the image's map (FiLM), so that
    the layers behind look for what was asked; mean and maximum over the places, together with the
    question, are classified. The order of the words is not seen.

    Args:
        num_words: words of the questions, 0 for padding.
        num_answers: number of answers, K.
        in_channels: channels of the images.
        width: channels of the maps; half as many in the first convolution.
        d_model: length of the words' vectors and of the hidden layer.

    Attributes:
        look: the convolutions before the question comes in; they quarter the image's sides.
        words: the vectors of the words.

    Raises:
        ValueError: sizes that are not positive; in `forward`, images or questions of another
            shape.

    Section: :ref:`sec-visual-questions`.

    Source: Antol et al. (2015), VQA: visual question answering, arXiv:1505.00468, for the task;
        Perez, Strub, de Vries, Dumoulin, Courville (2018), FiLM, arXiv:1709.07871.

    Example:
        >>> model = VQAModel(num_words=20, num_answers=5)
        >>> model(torch.rand(2, 3, 24, 24), torch.ones(2, 6, dtype=torch.long)).shape
        torch.Size([2, 5])

    In production: a vision-language model, such as BLIP-2.
    """

    def __init__(
        self,
        num_words: int,
        num_answers: int,
        *,
        in_channels: int = 3,
        width: int = 32,
        d_model: int = 64,
    ) -> None:
        super().__init__()
        if min(num_words, num_answers, in_channels, d_model) < 1 or width < 2:
            raise ValueError("all sizes must be at least 1, and width 2")
        self.in_channels = in_channels
        self.look = nn.Sequential(
            nn.Conv2d(in_channels, width // 2, 5, stride=2, padding=2),
            nn.BatchNorm2d(width // 2),
            nn.ReLU(),
            nn.Conv2d(width // 2, width, 3, stride=2, padding=1),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1),
            nn.BatchNorm2d(width, affine=False),
        )
        self.words = nn.EmbeddingBag(num_words, d_model, mode="sum", padding_idx=0)
        self.scale = nn.Linear(d_model, width)
        self.shift = nn.Linear(d_model, width)
        self.find = nn.Sequential(
            nn.ReLU(), nn.Conv2d(width, width, 1), nn.BatchNorm2d(width), nn.ReLU()
        )
        self.decide = nn.Sequential(
            nn.Linear(2 * width + d_model, d_model), nn.ReLU(), nn.Linear(d_model, num_answers)
        )

    def forward(
        self, images: Float[Tensor, "n c h w"], questions: Int[Tensor, "n t"]
    ) -> Float[Tensor, "n k"]:
        """Logits of the answers, shape (n, K)."""
        if images.ndim != 4 or images.shape[1] != self.in_channels or questions.ndim != 2:
            raise ValueError(
                f"expected images (n, {self.in_channels}, h, w) and questions (n, t), got "
                f"{tuple(images.shape)} and {tuple(questions.shape)}"
            )
        if len(images) != len(questions):
            raise ValueError(f"{len(images)} images, {len(questions)} questions")
        q = self.words(questions)
        scale, shift = 1 + self.scale(q)[..., None, None], self.shift(q)[..., None, None]
        found = self.find(self.look(images) * scale + shift)
        return self.decide(torch.cat([found.mean(dim=(2, 3)), found.amax(dim=(2, 3)), q], dim=1))
