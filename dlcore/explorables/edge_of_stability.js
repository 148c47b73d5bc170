// The learning rate against 2/λ, on a quadratic and in training; twin of edge_of_stability.py.

function quadraticPath(curvature, rate, momentum, start, steps) {
  const path = [start];
  let velocity = 0;
  for (let t = 0; t < steps; t++) {
    velocity = momentum * velocity + curvature * path[t];
    path.push(path[t] - rate * velocity);
  }
  return path;
}

// What a step multiplies the distance on a quadratic by, in the long run: the larger root of
// r² − (1 + β − ηλ) r + β by magnitude; without momentum it keeps its sign.
function factor(curvature, rate, momentum) {
  if (momentum === 0) return 1 - rate * curvature;
  const half = (1 + momentum - rate * curvature) / 2, inside = half * half - momentum;
  return inside < 0 ? Math.sqrt(momentum) : Math.abs(half) + Math.sqrt(inside);
}

const SHOWN = 30;

explorable("edge_of_stability", (view, state) => {
  const bowl = view.panel(0), curvatures = view.panel(1), costs = view.panel(2);
  const far = (x) => Math.max(-9, Math.min(9, x)), short = (v) => String(+v.toPrecision(3));
  const minus = (text) => text.replace("-", "−");

  function draw() {
    const eta = state.rates[state.rate], beta = state.momenta[state.momentum];
    const runs = state.runs[state.momentum], own = runs[state.rate];
    const last = own[1].length - 1, now = Math.min(state.step / state.every, last);
    const [sharpness, loss] = own.map((values) => 10 ** values[now]);
    const limit = (2 * (1 + beta)) / eta;
    [curvatures, costs].forEach((panel, which) => {
      const line = (run) => run[which].map((v, k) => [k * state.every, v]);
      panel.draw("others", runs.filter((run) => run !== own).map((run) =>
        polyline(line(run).map(([x, y]) => [panel.X(x), panel.Y(y)]))).join(""));
      panel.line("own", line(own));
      panel.dot("now", [now * state.every, own[which][now]]);
    });
    curvatures.line("limit", [[0, Math.log10(limit)], [state.steps, Math.log10(limit)]]);
    const path = quadraticPath(sharpness, eta, beta, state.start, SHOWN).map((x) => [far(x), far(x) ** 2 / 2]);
    bowl.line("path", path);
    bowl.draw("places", path.map(([x, y]) => `M${bowl.X(x).toFixed(1)},${bowl.Y(y).toFixed(1)}h0`).join(""));
    const by = factor(sharpness, eta, beta), grows = Math.abs(by) > 1;
    const lost = last * state.every < state.steps;
    view.say([
      `Step ${now * state.every}: λ = ${short(sharpness)}, limit ${short(limit)}, that is ` +
      `${short(2 * (1 + beta))}/η with η = ${eta}.`,
      `A quadratic that sharp: ${minus(by.toFixed(2))} times the distance a step, ${grows ? "it diverges" : "it converges"}.`,
      `The network: loss ${short(loss)}, ${short(10 ** own[1][0])} at the start` +
      (lost ? `; it is lost before step ${(last + 1) * state.every}.` : "."),
    ].join("\n"));
  }

  view.slider(
    "Learning rate η", { min: 0, max: state.rates.length - 1, step: 1, value: state.rate,
      format: (k) => String(state.rates[k]) },
    (rate) => ((state.rate = rate), draw()));
  view.choice(
    "Momentum", Object.fromEntries(state.momenta.map((beta, k) => [k, beta ? String(beta) : "none"])), String(state.momentum),
    (k) => ((state.momentum = +k), draw()));
  view.slider(
    "Step of training", { min: 0, max: state.steps, step: state.every, value: state.step, format: String },
    (step) => ((state.step = step), draw()));
  draw();
});
