"""Programs on scenes by hand, modules by counting outcomes, and a network whose parts are known."""

import itertools

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcore import graphical
from dlcore.graphical import SceneObject
from tests.parity import assert_close

COLORS, KINDS = ("red", "green", "blue"), ("circle", "square", "triangle")
RELATIONS = ("left", "right", "above", "below")
SCENE = [
    SceneObject("red", "circle", 0, 0),
    SceneObject("green", "circle", 0, 2),
    SceneObject("red", "square", 1, 1),
    SceneObject("blue", "triangle", 2, 0),
]


@pytest.mark.reference("answers by hand", of="dlcore.graphical.answer_program")
@pytest.mark.parametrize(
    ("places", "number"),
    [
        (("find", "red"), 2),
        (("find", "triangle"), 1),
        (("and", ("find", "red"), ("find", "circle")), 1),
        (("and", ("find", "blue"), ("find", "circle")), 0),
        (("relate", "left", ("find", "circle")), 6),
        (("relate", "left", ("find", "blue")), 0),
        (("relate", "below", ("find", "square")), 3),
        (("relate", "right", ("find", "square")), 3),
        (("relate", "above", ("find", "blue")), 6),
        (("and", ("find", "circle"), ("relate", "right", ("find", "red"))), 1),
        (("and", ("find", "red"), ("relate", "above", ("relate", "above", ("find", "blue")))), 1),
    ],
)
def test_programs(places, number):
    assert graphical.answer_program(SCENE, ("count", places)) == number
    assert graphical.answer_program(SCENE, ("exists", places)) is (number > 0)


@pytest.mark.reference("text by hand", of="dlcore.graphical.program_words")
def test_words():
    found = ("and", ("find", "red"), ("relate", "left", ("find", "circle")))
    text = graphical.program_words(("exists", found))
    assert text == "exists(and(find[red], relate[left](find[circle])))"


@pytest.mark.reference("pixels of each cell", of="dlcore.graphical.make_scene_questions")
@pytest.mark.reference("pixels of each cell", of="dlcore.graphical.SceneQuestions")
@pytest.mark.reference("pixels of each cell", of="dlcore.graphical.SceneObject")
def test_pictures_show_what_they_say():
    data = graphical.make_scene_questions(80, forms=("find", "and", "relate", "deep"))
    assert isinstance(data, graphical.SceneQuestions)
    assert data.answer_words == (*map(str, range(10)), "no", "yes")
    channel = {"red": 0, "green": 1, "blue": 2}
    covered = {"circle": [], "square": [], "triangle": []}
    for image, objects in zip(data.images, data.objects, strict=True):
        assert all(isinstance(o, SceneObject) for o in objects)
        cells = image.unfold(1, 8, 8).unfold(2, 8, 8)
        seen = ((cells - 0.5).abs().amax(0) > 0.2).sum((2, 3))
        assert {(o.row, o.column) for o in objects} == {
            tuple(c) for c in (seen > 5).nonzero().tolist()
        }
        for o in objects:
            middle = cells[:, o.row, o.column, 3:5, 3:5].mean((1, 2))
            assert int(middle.argmax()) == channel[o.color]
            covered[o.kind].append(int(seen[o.row, o.column]))
    triangle, circle, square = (covered[k] for k in ("triangle", "circle", "square"))
    assert max(triangle) < min(circle) <= max(circle) < min(square)
    for program, answer, objects in zip(data.programs, data.answers, data.objects, strict=True):
        said = data.answer_words[answer]
        value = graphical.answer_program(objects, program)
        assert said == (str(value) if program[0] == "count" else ["no", "yes"][value])
    again = graphical.make_scene_questions(80, forms=("find", "and", "relate", "deep"))
    assert torch.equal(data.images, again.images)
    assert data.programs == again.programs


def test_held_out_pairs_are_kept_apart():
    held = [("red", "circle"), ("blue", "square")]

    def pairs(data):
        return {(p[1][1][1], p[1][2][1]) for p in data.programs}

    usual = graphical.make_scene_questions(200, forms=["and"], held_out=held)
    later = graphical.make_scene_questions(50, forms=["and"], held_out=held, only_held_out=True)
    assert pairs(usual) == set(itertools.product(COLORS, KINDS)) - set(held)
    assert pairs(later) == set(held)
    yes = usual.answers[usual.answers >= 10] == 11
    assert 0.3 < yes.float().mean() < 0.7


@pytest.mark.reference("all outcomes", of="dlcore.graphical.CountModule")
@pytest.mark.reference("all outcomes", of="dlcore.graphical.ExistsModule")
def test_count_and_exists_against_enumeration(generator):
    a = torch.rand(2, 2, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    counts, exists = graphical.CountModule()(a).exp(), graphical.ExistsModule()(a).exp()
    for i in range(2):
        expected = torch.zeros(7, dtype=torch.float64)
        for outcome in itertools.product([0, 1], repeat=6):
            there = torch.tensor(outcome)
            cells = a[i].flatten().detach()
            expected[there.sum()] += torch.where(there == 1, cells, 1 - cells).prod()
        assert_close(counts[i], expected)
        assert_close(exists[i], torch.stack([expected[0], expected[1:].sum()]))
    assert torch.autograd.gradcheck(graphical.CountModule(), a)
    zero = graphical.CountModule()(torch.zeros(1, 3, 3))
    assert zero[0, 0] == 0
    assert zero.isfinite().all()


@pytest.mark.reference("all outcomes", of="dlcore.graphical.RelateModule")
def test_relate_is_one_unless_every_chance_fails(generator):
    relate = graphical.RelateModule(2, 2).double()
    nn.init.normal_(relate.logits, generator=generator)
    a = torch.rand(2, 2, 2, generator=generator, dtype=torch.float64)
    out = relate(a, torch.tensor([1, 0]))
    cells = list(itertools.product(range(2), range(2)))
    for b, relation in enumerate([1, 0]):
        kappa = relate.logits[relation].sigmoid()
        for r, c in cells:
            missed = 1.0
            for row, column in cells:
                missed = missed * (1 - kappa[r - row + 1, c - column + 1] * a[b, row, column])
            assert_close(out[b, r, c], 1 - missed)


@pytest.mark.reference("torch.nn.functional.linear", of="dlcore.graphical.FindModule")
@pytest.mark.reference("torch.mul", of="dlcore.graphical.AndModule")
def test_find_and_and(generator):
    find = graphical.FindModule(5, 3)
    features = torch.randn(2, 5, 4, 4, generator=generator)
    word = torch.tensor([2, 0])
    linear = F.linear(features.permute(0, 2, 3, 1), find.weight, find.bias)
    expected = torch.stack([linear[0, ..., 2], linear[1, ..., 0]]).sigmoid()
    got = find(features, word)
    assert_close(got, expected, rtol=1e-5)
    assert torch.equal(graphical.AndModule()(got, expected), torch.mul(got, expected))


class Known(nn.Module):
    """Features that say which colour and which kind stands in a cell: an encoder that is right."""

    def __init__(self, scenes):
        super().__init__()
        self.scenes = scenes

    def forward(self, images):
        features = torch.zeros(len(images), 6, 3, 3)
        for i, objects in enumerate(self.scenes):
            for o in objects:
                features[i, COLORS.index(o.color), o.row, o.column] = 1
                features[i, 3 + KINDS.index(o.kind), o.row, o.column] = 1
        return features


@pytest.mark.reference("programs carried out on sets", of="dlcore.graphical.NeuralModuleNetwork")
def test_a_network_with_the_right_parts_answers_everything():
    data = graphical.make_scene_questions(120, forms=("find", "and", "relate", "deep"))
    model = graphical.NeuralModuleNetwork((*COLORS, *KINDS), RELATIONS, channels=6)
    model.encoder = Known(data.objects)
    offset = torch.arange(5) - 2
    with torch.no_grad():
        model.find.weight.copy_(40 * torch.eye(6))
        model.find.bias.fill_(-20)
        for i, lies in enumerate((offset < 0, offset > 0)):
            model.relate.logits[i] = torch.where(lies, 20.0, -20.0)
            model.relate.logits[2 + i] = torch.where(lies, 20.0, -20.0)[:, None]
    answers = model(data.images, data.programs)
    assert torch.equal(answers.argmax(1), data.answers)
    assert_close(answers.exp().sum(1), torch.ones(120), rtol=1e-4)
    model.encoder = Known([SCENE])
    steps = model.trace(data.images[0], ("count", ("relate", "left", ("find", "circle"))))
    assert [name for name, _ in steps] == ["find[circle]", "relate[left](find[circle])"]
    assert steps[0][1].round().tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert steps[1][1].round().tolist() == [[1, 1, 0]] * 3


def test_answers_alone_teach_every_part():
    data = graphical.make_scene_questions(60)
    torch.manual_seed(0)
    model = graphical.NeuralModuleNetwork((*COLORS, *KINDS), RELATIONS, channels=8)
    together = model(data.images, data.programs)
    for i in range(0, 60, 11):
        assert_close(model(data.images[i : i + 1], [data.programs[i]])[0], together[i], rtol=1e-4)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    losses = []
    for _ in range(5):
        loss = F.nll_loss(model(data.images, data.programs), data.answers)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert all(p.grad.isfinite().all() and p.grad.any() for p in model.parameters())
    assert losses[-1] < losses[0]


@pytest.mark.bad_input
def test_what_does_not_fit():
    model = graphical.NeuralModuleNetwork(["red"], ["left"])
    picture, red = torch.zeros(1, 3, 24, 24), ("find", "red")
    for call, message in (
        (lambda: graphical.answer_program(SCENE, red), "counts or asks what exists"),
        (lambda: graphical.answer_program(SCENE, ("count", ("or", red, red))), "points at places"),
        (lambda: graphical.make_scene_questions(0), "n, grid >= 1"),
        (lambda: graphical.make_scene_questions(1, forms=["or"]), "forms of"),
        (lambda: graphical.make_scene_questions(1, held_out=[("red", "cross")]), "do not exist"),
        (lambda: graphical.make_scene_questions(1, only_held_out=True), "no pair left"),
        (
            lambda: graphical.make_scene_questions(
                1, held_out=[("red", "circle")], only_held_out=True
            ),
            "which ask for pairs",
        ),
        (lambda: model(picture, []), "expected 0 pictures"),
        (lambda: model(picture[..., :16], [("count", red)]), r"\(3, 24, 24\)"),
        (lambda: model(picture, [red]), "counts or asks what exists"),
        (lambda: model(picture, [("count", ("and", red))]), "points at places"),
        (lambda: model(picture, [("count", ("find", "blue"))]), r"\['blue'\], known: \['red'\]"),
        (lambda: model.trace(picture[0], ("count", ("or", red))), "points at places"),
        (lambda: model.find(torch.zeros(1, 3, 3, 3), torch.tensor([0])), r"\(b, 32, h, w\)"),
        (lambda: model.relate(torch.zeros(1, 2, 2), torch.tensor([0])), r"maps \(3, 3\)"),
        (lambda: model.both(torch.zeros(1, 2, 2), torch.zeros(1, 2, 3)), "different shapes"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
