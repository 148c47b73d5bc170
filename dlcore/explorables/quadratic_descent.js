// Gradient descent on x²/2 + κ y²/2; twin of quadratic_descent.py.

function descent(condition, eta, start, steps) {
  const path = [start];
  for (let t = 0; t < steps; t++) {
    const [x, y] = path.at(-1);
    path.push([x - eta * x, y - eta * condition * y]);
  }
  return path;
}

// What a step multiplies the distances along the floor and across it by.
const factors = (condition, eta) => [1 - eta, 1 - eta * condition];

// What that comes to in the end.
function fate(condition, eta) {
  const worst = Math.max(...factors(condition, eta).map(Math.abs));
  if (worst > 1 + 1e-9) return "it diverges.";
  if (worst > 1 - 1e-9) return "it goes to and fro for ever.";
  const steps = worst < 1e-9 ? 1 : Math.ceil(Math.log(1000) / -Math.log(worst) - 1e-9);
  return `a thousandth is left after ${steps} ${steps === 1 ? "step" : "steps"} at most.`;
}

explorable("quadratic_descent", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), bottom = chart.range[2];
  const most = chart.range[1], far = (v) => Math.max(-1e3, Math.min(1e3, v));

  function drawSurface() {
    const unit = plane.X(1) - plane.X(0), x = plane.X(0), y = plane.Y(0);
    plane.draw("contours", Array.from({ length: 14 }, (_, k) => {
      const a = 0.35 * 1.4 ** k * unit, half = `a${a},${a / Math.sqrt(state.condition)} 0 1,0 `;
      return `M${x - a},${y}${half}${2 * a},0${half}${-2 * a},0`;
    }).join(""));
  }

  function draw() {
    const { condition, eta, steps } = state, path = descent(condition, eta, state.start, steps);
    const near = path.map((at) => at.map(far));
    plane.line("path", near);
    plane.draw("places", near.map(([x, y]) => `M${plane.X(x).toFixed(1)},${plane.Y(y).toFixed(1)}h0`).join(""));
    start.set(...state.start);
    const log = (v) => Math.max(bottom - 1, Math.min(4, Math.log10(Math.abs(v) + 1e-99)));
    chart.line("both", path.map((at, t) => [t, log(Math.hypot(...at))]));
    ["floor", "walls"].forEach((name, k) => chart.line(name, path.map((at, t) => [t, log(at[k])])));
    const f = (v) => v.toFixed(3).replace("-", "−"), [along, across] = factors(condition, eta);
    view.say([
      `κ = ${condition}, η = ${+eta.toPrecision(3)} = ${+(eta * condition).toPrecision(3)}/L: a step multiplies ` +
      `the distance along the floor by ${f(along)}, across it by ${f(across)};`,
      fate(condition, eta),
      `After ${steps} ${steps === 1 ? "step" : "steps"} the distance is ${scientific(Math.hypot(...path.at(-1)))}.`,
    ].join("\n"));
  }

  function setRate(times) {
    state.eta = times / state.condition;
    rate.set(times);
    draw();
  }
  const start = handle(plane, "start", {
    label: "The start", value: state.start,
    moved: (x, y) => ((state.start = [snap(x, 0.1, state.limit[0]), snap(y, 0.1, state.limit[1])]), draw()),
  });
  view.buttons({
    "η = 1/L": () => setRate(1),
    "η = 2/(L + μ)": () => setRate((2 * state.condition) / (state.condition + 1)),
    "η = 2/L": () => setRate(2),
  }, 1);
  const rate = view.slider(
    "Learning rate η", { min: 0.02, max: 2.1, step: 0.02, value: state.eta * state.condition,
      format: () => `${(state.eta * state.condition).toFixed(2)}/L` },
    (times) => setRate(times));
  view.slider(
    "Condition κ", { min: 0, max: state.conditions.length - 1, step: 1,
      value: state.conditions.indexOf(state.condition), format: (k) => `L/μ = ${state.conditions[k]}` },
    (k) => {
      const times = state.eta * state.condition;
      state.condition = state.conditions[k];
      drawSurface();
      setRate(times);
    });
  view.slider(
    "Steps", { min: 0, max: most, step: 1, value: state.steps },
    (steps) => ((state.steps = steps), draw()));
  drawSurface();
  draw();
});
