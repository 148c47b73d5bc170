// A support vector machine on movable points; twin of svm_margin.py.

const KERNELS = {
  linear: () => (a, b) => a.x * b.x + a.y * b.y,
  rbf: (gamma) => (a, b) => Math.exp(-gamma * ((a.x - b.x) ** 2 + (a.y - b.y) ** 2)),
};

// Sequential minimal optimization: changes the two multipliers that violate the conditions most
// until none does by more than the tolerance. Returns the multipliers and the bias.
function solveDual(points, kernel, C, tolerance = 1e-7) {
  const n = points.length, sign = points.map((p) => 2 * p.label - 1);
  const K = points.map((a) => points.map((b) => kernel(a, b)));
  const alpha = new Float64Array(n), slope = new Float64Array(n).fill(-1);
  const free = (t, up) => (sign[t] > 0 === up ? alpha[t] < C : alpha[t] > 0);
  let high = 0, low = 0;
  for (let step = 0; step < 200000; step++) {
    let i = -1, j = -1, most = 0;
    [high, low] = [-Infinity, Infinity];
    for (let t = 0; t < n; t++) {
      const v = -sign[t] * slope[t];
      if (free(t, true) && v > high) [high, i] = [v, t];
      if (free(t, false) && v < low) low = v;
    }
    if (!(high - low > tolerance)) break;
    // Of those below, the one by which the objective falls most.
    const curvature = (t) => Math.max(K[i][i] + K[t][t] - 2 * K[i][t], 1e-12);
    for (let t = 0; t < n; t++) {
      const gap = high + sign[t] * slope[t];
      if (!free(t, false) || gap <= 0) continue;
      if (gap ** 2 / curvature(t) > most) [most, j] = [gap ** 2 / curvature(t), t];
    }
    const room = (t, up) => (sign[t] > 0 === up ? C - alpha[t] : alpha[t]);
    const by = Math.min((high + sign[j] * slope[j]) / curvature(j), room(i, true), room(j, false));
    alpha[i] += sign[i] * by;
    alpha[j] -= sign[j] * by;
    for (const t of [i, j]) if (alpha[t] < 1e-12 * C) alpha[t] = 0;
    for (const t of [i, j]) if (alpha[t] > C * (1 - 1e-12)) alpha[t] = C;
    for (let t = 0; t < n; t++) slope[t] += sign[t] * by * (K[i][t] - K[j][t]);
  }
  const inside = points.map((_, t) => t).filter((t) => alpha[t] > 0 && alpha[t] < C);
  const mean = inside.reduce((sum, t) => sum - sign[t] * slope[t], 0) / inside.length;
  const one = high === -Infinity ? low : high, other = low === Infinity ? high : low;
  return { alpha, bias: inside.length ? mean : (one + other) / 2 };
}

// The score of any place: its sign is the class, and 1 the edge of the margin.
function scorer(points, kernel, C) {
  const { alpha, bias } = solveDual(points, kernel, C);
  const support = points.map((p, t) => [p, (2 * p.label - 1) * alpha[t]]).filter(([, w]) => w);
  const score = (at) => support.reduce((sum, [p, w]) => sum + w * kernel(p, at), bias);
  return { score, alpha, support };
}

explorable("svm_margin", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), wash = washOver(view, plane);
  const far = chart.range[1];
  let points = pointsOf(state);

  function draw() {
    const C = 10 ** state.C, kernel = KERNELS[state.kernel](10 ** state.gamma);
    const { score, alpha, support } = scorer(points, kernel, C);
    const values = Float64Array.from({ length: COLUMNS * ROWS }, (_, n) =>
      score({ x: GRID[2 * n], y: GRID[2 * n + 1] }));
    wash(values.map((v) => 0.5 + Math.max(-1, Math.min(1, v)) / 2));
    plane.draw("boundary", levelLine(values, plane));
    plane.draw("margin", levelLine(values, plane, 1) + levelLine(values, plane, -1));
    plane.draw("support", support.map(([p]) =>
      `M${plane.X(p.x) - 6},${plane.Y(p.y)}a6,6 0 1,0 12,0a6,6 0 1,0 -12,0`).join(""));
    const sides = points.map((p) => (2 * p.label - 1) * score(p));
    const costs = points.map(({ label }, n) =>
      ({ x: Math.max(-far, Math.min(far, sides[n])), y: Math.max(0, 1 - sides[n]), label }));
    for (const k of [0, 1]) {
      plane.draw(`class${k}`, marks(points.filter((p) => p.label === k), k, plane));
      chart.draw(`cost${k}`, marks(costs.filter((p) => p.label === k), k, chart));
    }
    const edge = alpha.filter((a) => a > 0 && a < C).length;
    const squared = support.reduce((sum, [p, w]) => sum + w * support.reduce((s, [q, u]) => s + u * kernel(p, q), 0), 0);
    const width = state.kernel === "linear" && squared > 1e-9 ? ` The margin is ${scientific(2 / Math.sqrt(squared))} wide.` : "";
    view.say(
      `${support.length} of ${points.length} points are support vectors, ${edge} on the edge of the margin, ` +
      `${support.length - edge} inside it. ${sides.filter((v) => v <= 0).length} on the wrong side.${width}`);
  }

  plane.part("title").textContent = "The margin (drag the points)";
  const set = (change) => (Object.assign(state, change), draw());
  view.choice("Boundary", state.kernels, state.kernel, (kernel) => set({ kernel }));
  view.slider(
    "Price C", { min: -2, max: 3, step: 0.25, value: state.C, format: (v) => scientific(10 ** v) },
    (C) => set({ C }));
  view.slider(
    "Nearness γ", { min: -1, max: 2, step: 0.25, value: state.gamma,
      format: (v) => `${scientific(10 ** v)} (Gaussian)` },
    (gamma) => set({ gamma }));
  editPoints(view, plane, () => points, { limit: [1.9, 1.15], changed: draw });
  view.buttons({ "Points as before": () => ((points = pointsOf(state)), draw()) });
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme", "theme"] });
  draw();
});
