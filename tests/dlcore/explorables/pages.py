"""What the tests in a browser share: a page of figures, and what is done to it."""

import numpy as np
import pytest
import torch
from torch import nn

from dlcore.generative import GAN, RealNVP
from dlcore.graphical import asia_network

# What is read aloud is what is shown, after half a second in which nothing changed.
SETTLED = """async number => {
  const status = document.querySelectorAll("[role=status]")[number];
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  await frame();
  const shown = status.parentElement.querySelector(".dlx-readout");
  for (let n = 0; status.textContent != shown.textContent && n < 1200; n++) await frame();
  return status.textContent;
}"""


def made_up_codes():
    """A decoder of pictures of 8 by 8 with weights by chance, and codes of ten classes."""
    rng = np.random.default_rng(0)
    shapes = [(32, 2), (32,), (64, 32), (64,)]
    weights = [torch.from_numpy(rng.normal(size=shape)).float() for shape in shapes]
    decoder = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 64), nn.Sigmoid())
    decoder.load_state_dict(dict(zip(decoder.state_dict(), weights, strict=True)))
    angles = 2 * np.pi * np.arange(100) / 10
    codes = 1.5 * np.stack([np.cos(angles), np.sin(angles)], 1) + rng.normal(0, 0.2, (100, 2))
    return decoder, torch.from_numpy(codes), [k % 10 for k in range(100)]


def made_up_views():
    """Directions of two views of 40 examples of five classes, and the classes."""
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 5
    middles = 1.5 * rng.normal(size=(5, 8))[labels] + rng.normal(size=(40, 8))
    views = [torch.from_numpy(middles + rng.normal(0, 0.4, (40, 8))).float() for _ in range(2)]
    return [v / v.norm(dim=1, keepdim=True) for v in views], labels.tolist()


def made_up_maps():
    """60 points of three classes in five dimensions, three maps of them, and the classes."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    X = torch.from_numpy(3 * rng.normal(size=(3, 5))[labels] + rng.normal(size=(60, 5))).float()
    maps = {p: X @ torch.from_numpy(rng.normal(size=(5, 2))).float() for p in (5, 10, 20)}
    return X, maps, labels.tolist()


def made_up_weights():
    """Logarithms of 60 weights that are wrong by less, the more temperatures; and log Z."""
    z = torch.from_numpy(np.random.default_rng(0).normal(size=(3, 60)))
    scales = {2: 2.0, 10: 0.8, 50: 0.1}
    return {n: 5 + s * z[k] - s * s / 2 for k, (n, s) in enumerate(scales.items())}, 5.0


def made_up_landscapes():
    """Four steps of two methods on five levels, 12 chains each."""
    rng = np.random.default_rng(0)
    names, steps = ("CD-1", "PCD"), [0, 10, 20, 30]
    landscapes = {v: torch.from_numpy(rng.uniform(0, 6, (4, 5))) for v in names}
    return landscapes, {v: torch.from_numpy(rng.integers(0, 5, (4, 12))) for v in names}, steps


def by_chance(module, scale, seed):
    """Weights of its own, whatever torch's generator and default are."""
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.from_numpy(rng.normal(0, scale, parameter.shape)))
            assert parameter.dtype == torch.get_default_dtype(), name
    return module.float()


def made_up_game():
    """Two regimes of two steps of untrained players, a ring of data, and its four modes."""
    players = [by_chance(GAN.mlp(2, 2, hidden=(8,)), 0.6, seed) for seed in range(4)]
    turn = 2 * np.pi * np.arange(40) / 4
    X = 2 * np.stack([np.cos(turn), np.sin(turn)], 1)
    runs = {"even": {0: players[0], 50: players[1]}, "uneven": {0: players[2], 50: players[3]}}
    noise = np.random.default_rng(0).normal(0, 0.05, X.shape)
    return runs, torch.from_numpy(X + noise).float(), torch.from_numpy(X[:4]).float()


def made_up_flow():
    """Three couplings with weights by chance, and data."""
    flow = by_chance(RealNVP(2, layers=3, hidden=(8,)), 0.4, 0)
    return flow, torch.from_numpy(np.random.default_rng(1).normal(size=(50, 2))).float()


def made_up_diffusion():
    """Two clusters, 30 steps of noise, two trajectories that wander, and a wrong network."""
    rng = np.random.default_rng(0)
    X = torch.from_numpy(rng.normal(0, 0.2, (20, 2)) + np.repeat([[-1.0, 0.5], [1.0, -0.5]], 10, 0))
    left = torch.from_numpy(np.cumprod([1.0, *np.linspace(0.98, 0.8, 30)]))
    back = torch.from_numpy(rng.normal(size=(31, 15, 2)))
    return X, left, {"DDPM": back, "DDIM, 5 steps": back[::6]}, lambda x, t: 0.5 * x


TREE = (
    [("a", "b"), ("b", "c"), ("b", "d"), ("d", "e")],
    {"a": (0, 1), "b": (1, 1), "c": (1, 0), "d": (2, 1), "e": (3, 1)},
    {"a": 0.9, "e": 0.4},
)
ASIA = {
    "asia": (0, 3),
    "smoke": (3, 3),
    "tub": (0, 2),
    "lung": (2, 2),
    "bronc": (4, 2),
    "either": (1, 1),
    "xray": (0, 0),
    "dysp": (3, 0),
}


def asia_explored():
    """Of two diseases, when their common effect is seen."""
    network = asia_network()
    given = {"parents": network.parents, "tables": network.tables, "places": ASIA}
    return {**given, "x": "tub", "y": "lung", "seen": ["xray"]}


def page_of(figures):
    """A page that shows the figures as the book does."""
    cells = "".join(f'<div class="cell_output"><div>{f.html()}</div></div>' for f in figures)
    head = '<meta charset="utf-8"><title>t</title>'
    return f'<!DOCTYPE html><html lang="en" data-theme="light">{head}{cells}</html>'


def status(page, number):
    return page.evaluate(SETTLED, number)


def drag(page, node, dx, dy):
    """By pointer, in units of the panel."""
    node.scroll_into_view_if_needed()
    box = node.bounding_box()
    scale = page.locator(".dlx-live svg").first.bounding_box()["width"] / 340
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx * scale, y + dy * scale, steps=3)
    page.mouse.up()


def violations(page, theme):
    """What axe-core finds in the figures of a light or dark page."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    ground, ink = ("#14181e", "#eee") if theme == "dark" else ("#fff", "#222")
    page.add_style_tag(content=f":root {{ background: {ground}; color: {ink} }}")
    found = axe.run(page, context=".dlx").response
    assert len(found["passes"]) > 10
    return [(v["id"], v["nodes"][0]["html"][:99]) for v in found["violations"]]
