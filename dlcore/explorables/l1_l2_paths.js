// How L1 and L2 move the minimum of a quadratic loss; twin of l1_l2_paths.py.

// The loss is (w − m)·H(w − m) / 2 with the minimum m and H = [[1, c], [c, h]].
const hessian = ({ curvature: h, correlation }) => ({ h, c: correlation * Math.sqrt(h) });

// The minimum of loss + λ‖w‖₁: one coordinate after the other takes its best place, given the other.
function lasso([m1, m2], { h, c }, lam) {
  const g = [m1 + c * m2, c * m1 + h * m2], w = [0, 0];
  const soft = (v) => Math.sign(v) * Math.max(0, Math.abs(v) - lam);
  for (let moved = 1; moved > 1e-13;) {
    const [a, b] = w;
    w[0] = soft(g[0] - c * w[1]);
    w[1] = soft(g[1] - c * w[0]) / h;
    moved = Math.abs(w[0] - a) + Math.abs(w[1] - b);
  }
  // Adding 0 turns -0 into 0.
  return w.map((v) => v + 0);
}

// The minimum of loss + λ‖w‖² / 2.
function ridge([m1, m2], { h, c }, lam) {
  const g = [m1 + c * m2, c * m1 + h * m2], det = (1 + lam) * (h + lam) - c * c;
  return [((h + lam) * g[0] - c * g[1]) / det, ((1 + lam) * g[1] - c * g[0]) / det];
}

// Twice the loss.
const height = ([x, y], [m1, m2], { h, c }) =>
  (x - m1) ** 2 + 2 * c * (x - m1) * (y - m2) + h * (y - m2) ** 2;

// Points at which twice the loss has that value.
function ellipse([m1, m2], { h, c }, value) {
  const r = Math.sqrt(Math.max(value, 0)), d = Math.sqrt(h - c * c);
  return Array.from({ length: 73 }, (_, k) => {
    const t = (k * Math.PI) / 36, v = (r * Math.sin(t)) / d;
    return [m1 + r * Math.cos(t) - c * v, m2 + v];
  });
}

// From which value on a coordinate of the path stays exactly zero; undefined where it never does.
function zeroFrom(path, lams, k) {
  const last = path.reduce((found, w, n) => (w[k] === 0 ? found : n), -1);
  return lams[last + 1];
}

explorable("l1_l2_paths", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), { levels, most } = state;
  const lams = Array.from({ length: 50 * most + 1 }, (_, k) => k / 50);
  const words = (v) => v.toFixed(2).replace("-", "−");
  const pair = (w) => `(${w.map(words).join(", ")})`;
  const solutions = { l1: lasso, l2: ridge };

  function draw() {
    const { minimum, lam } = state, H = hessian(state), at = {}, paths = {};
    for (const [name, solve] of Object.entries(solutions)) {
      at[name] = solve(minimum, H, lam);
      paths[name] = lams.map((v) => solve(minimum, H, v));
      plane.line(`${name}path`, paths[name]);
      plane.dot(name, at[name]);
      for (const k of [0, 1]) {
        chart.line(`${name}w${k + 1}`, lams.map((v, n) => [v, paths[name][n][k]]));
        chart.dot(`${name}at${k + 1}`, [lam, at[name][k]]);
      }
    }
    chart.line("now", [[lam, chart.range[2]], [lam, chart.range[3]]]);
    const line = (points) => polyline(points.map(([x, y]) => [plane.X(x), plane.Y(y)]));
    plane.draw("levels", levels.map((v) => line(ellipse(minimum, H, 2 * v))).join(""));
    const [x, y] = at[state.ball], around = height(at[state.ball], minimum, H);
    plane.line("touching", ellipse(minimum, H, around));
    const r = state.ball === "l1" ? Math.abs(x) + Math.abs(y) : Math.hypot(x, y);
    plane.line("ball", state.ball === "l1"
      ? [[r, 0], [0, r], [-r, 0], [0, -r], [r, 0]]
      : ellipse([0, 0], { h: 1, c: 0 }, r * r));
    grip.set(...minimum);
    const gone = [0, 1].map((k) => {
      const from = zeroFrom(paths.l1, lams, k), weight = `w${"₁₂"[k]} `;
      return weight + (from === undefined ? `not up to λ = ${most}` : `from λ = ${words(from)} on`);
    });
    view.say([
      `Minimum of the loss: ${pair(minimum)}. With λ = ${words(lam)}:`,
      `L1: ${pair(at.l1)}; exactly 0: ${gone.join(", ")}.`,
      `L2: ${pair(at.l2)}.`,
    ].join("\n"));
  }

  const set = (change) => (Object.assign(state, change), draw());
  const grip = handle(plane, "minimum", {
    label: "The minimum of the loss", value: state.minimum,
    moved: (x, y) => set({ minimum: [snap(x, 0.1, state.limit[0]), snap(y, 0.1, state.limit[1])] }),
  });
  view.slider(
    "Penalty λ", { min: 0, max: most, step: 0.05, value: state.lam, format: words },
    (lam) => set({ lam }));
  view.slider(
    "Curvature of w₂", { min: 0.1, max: 1, step: 0.05, value: state.curvature, format: words },
    (curvature) => set({ curvature }));
  view.slider(
    "Correlation", { min: -0.9, max: 0.9, step: 0.1, value: state.correlation, format: (v) => v.toFixed(1).replace("-", "−") },
    (correlation) => set({ correlation }));
  view.choice("Ball of the", { l1: "L1 norm", l2: "L2 norm" }, state.ball, (ball) => set({ ball }));
  draw();
});
