// Four optimizers going down the same surface; twin of optimizer_paths.py.

const turn = Math.SQRT1_2;
const [along, across] = [0.5, 12.5];

// For each surface its height, its gradient and the height of its lowest point.
const SURFACES = {
  ravine: [
    (x, y) => along * x * x + across * y * y,
    (x, y) => [2 * along * x, 2 * across * y], 0,
  ],
  turned: [
    (x, y) => along * (turn * (x + y)) ** 2 + across * (turn * (y - x)) ** 2,
    (x, y) => [along * (x + y) - across * (y - x), along * (x + y) + across * (y - x)], 0,
  ],
  valley: [
    (x, y) => (1 - x) ** 2 + 10 * (y - x * x) ** 2,
    (x, y) => [-2 * (1 - x) - 40 * x * (y - x * x), 20 * (y - x * x)], 0,
  ],
  wells: [
    (x, y) => x ** 4 - 2 * x * x + y * y,
    (x, y) => [4 * x ** 3 - 4 * x, 2 * y], -1,
  ],
};

// One step from a place with gradient g; memory is the optimizer's own and begins empty; beta is
// that of momentum.
const OPTIMIZERS = {
  sgd: (g, eta) => g.map((v) => eta * v),
  momentum: (g, eta, memory, beta) => {
    memory.v = g.map((v, k) => (memory.v ? beta * memory.v[k] : 0) + v);
    return memory.v.map((v) => eta * v);
  },
  rmsprop: (g, eta, memory) => {
    memory.s = g.map((v, k) => (memory.s ? 0.9 * memory.s[k] : 0) + (1 - 0.9) * v * v);
    return g.map((v, k) => (eta * v) / (Math.sqrt(memory.s[k]) + 1e-8));
  },
  adam: (g, eta, memory) => {
    const t = (memory.t = (memory.t || 0) + 1);
    memory.m = g.map((v, k) => (memory.m ? 0.9 * memory.m[k] : 0) + (1 - 0.9) * v);
    memory.s = g.map((v, k) => (memory.s ? 0.999 * memory.s[k] : 0) + (1 - 0.999) * v * v);
    return memory.m.map((m, k) =>
      (eta * m) / (1 - 0.9 ** t) / (Math.sqrt(memory.s[k] / (1 - 0.999 ** t)) + 1e-8));
  },
};

// The places from the start on, as far as they are numbers.
function descent(surface, optimizer, start, eta, steps, beta) {
  const gradient = SURFACES[surface][1], step = OPTIMIZERS[optimizer], memory = {};
  const path = [start];
  for (let t = 0; t < steps; t++) {
    const at = path.at(-1), by = step(gradient(...at), eta, memory, beta);
    const next = at.map((v, k) => v - by[k]);
    if (!next.every((v) => Math.abs(v) < 1e6)) break;
    path.push(next);
  }
  return path;
}

const [LINES, MOST_STEPS] = [10, 300];

explorable("optimizer_paths", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), names = Object.keys(OPTIMIZERS);
  const [x0, x1, y0, y1] = plane.range, columns = 57, rows = 50;
  const bottom = chart.range[2];
  let stop = null;

  const place = (j, i) => [x0 + ((x1 - x0) * j) / (columns - 1), y0 + ((y1 - y0) * i) / (rows - 1)];
  function drawSurface() {
    const [height, , lowest] = SURFACES[state.surface];
    const values = Float64Array.from({ length: columns * rows }, (_, n) =>
      height(...place(n % columns, Math.floor(n / columns))) - lowest);
    const most = values.reduce((a, b) => Math.max(a, b));
    const at = (j, i) => (([x, y]) => [plane.X(x), plane.Y(y)])(place(j, i));
    // Levels that crowd towards the lowest point.
    const lines = Array.from({ length: LINES }, (_, k) =>
      contour(values, columns, most * ((k + 0.5) / LINES) ** 3, at));
    plane.draw("contours", lines.join(""));
    plane.draw("lowest", state.lowest[state.surface].map(([x, y]) =>
      `M${plane.X(x) - 4},${plane.Y(y) - 4}l8,8m0,-8l-8,8`).join(""));
  }

  function draw() {
    const [height, , lowest] = SURFACES[state.surface];
    const ends = names.map((name) => {
      const path = descent(state.surface, name, state.start, state.eta, state.steps, state.momentum);
      const above = path.map((at) => height(...at) - lowest), seen = state.shown[name];
      const far = (v) => Math.max(-1e3, Math.min(1e3, v));
      plane.line(name, seen ? path.map((at) => at.map(far)) : []);
      const [x, y] = path.at(-1).map(far);
      plane.draw(`${name}-end`, seen ? `M${plane.X(x)},${plane.Y(y)}h0` : "");
      chart.line(`${name}-height`, seen ? above.map((v, t) => [t, Math.log10(Math.max(v, 10 ** (bottom - 1)))]) : []);
      const diverged = path.length <= state.steps || !(above.at(-1) < 1e3 + above[0]);
      return `${state.names[name]}: ${diverged ? "diverges" : scientific(above.at(-1))}`;
    });
    start.set(...state.start);
    view.say(`Height above the lowest point after ${state.steps} steps of size ${state.eta.toPrecision(2)}:\n` +
      ends.join(", "));
  }

  function pause() {
    if (stop) stop();
    stop = null;
    if (play) play.textContent = "Play";
  }
  function toggle() {
    if (stop) return pause();
    if (state.steps === MOST_STEPS) state.steps = 0;
    play.textContent = "Pause";
    stop = view.animate(() => {
      state.steps = Math.min(MOST_STEPS, state.steps + 1);
      count.set(state.steps);
      draw();
      if (state.steps === MOST_STEPS) pause();
    });
  }

  const start = handle(plane, "start", {
    label: "The start", value: state.start,
    moved: (x, y) => ((state.start = [snap(x, 0.05, state.limit[0]), snap(y, 0.05, state.limit[1])]), draw()),
  });
  view.choice("Surface", state.surfaces, state.surface, (surface) => {
    Object.assign(state, { surface, start: state.starts[surface] });
    drawSurface();
    draw();
  });
  view.slider(
    "Step size η", { min: -3, max: 0, step: 0.05, value: Math.log10(state.eta),
      format: (v) => (10 ** v).toPrecision(2) },
    (v) => ((state.eta = 10 ** v), draw()));
  view.slider(
    "Momentum β", { min: 0, max: 0.99, step: 0.01, value: state.momentum, format: (v) => v.toFixed(2) },
    (momentum) => ((state.momentum = momentum), draw()));
  const count = view.slider(
    "Steps", { min: 0, max: MOST_STEPS, step: 1, value: state.steps, format: String },
    (steps) => (pause(), (state.steps = steps), draw()));
  for (const name of names)
    view.toggle(state.names[name], state.shown[name], (on) => ((state.shown[name] = on), draw()));
  const play = reducedMotion() ? null : view.buttons({ "Play": toggle }, 0)[0];
  drawSurface();
  draw();
});
