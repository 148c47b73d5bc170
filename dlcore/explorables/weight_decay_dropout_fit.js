// A curve through noisy points with weight decay and dropout; twin of weight_decay_dropout_fit.py.

const [UNITS, POINTS, MASKS, LOWEST, STEPS] = [40, 12, 8, -6, 32];
const truth = (x) => Math.sin(2 * Math.PI * x);
const even = (n) => Array.from({ length: n }, (_, k) => k / (n - 1));
const sum = (list, value) => list.reduce((total, v, k) => total + value(v, k), 0);

// The hidden layer: for each x the values of all units.
function hidden(xs, sizes) {
  const u = uniforms(7, 2 * UNITS);
  return xs.map((x) => Array.from({ length: UNITS }, (_, j) => {
    const centre = 1.2 * u[2 * j] - 0.1, slope = 5 + 20 * u[2 * j + 1];
    return (sizes === "left" && centre < 0.5 ? 10 : 1) * Math.tanh(slope * (x - centre));
  }));
}

// What weight decay and dropout cost a unit's squared weight, on average over the masks.
const decayOf = (H, lam, p) => H[0].map((_, j) =>
  lam + ((p / (1 - p)) * sum(H, (h) => h[j] ** 2)) / H.length);

// The w that makes mean((y − H w)²) + Σ decay w² smallest: a system with one row for each point.
function outputWeights(H, y, decay) {
  const n = y.length;
  const K = H.map((a, i) => [...H.map((b, k) =>
    sum(a, (v, j) => (v * b[j]) / decay[j]) + (i === k ? n : 0)), y[i]]);
  // K is symmetric and positive definite, so that no rows need to be exchanged.
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const share = K[k][i] / K[i][i];
      for (let j = i; j <= n; j++) K[k][j] -= share * K[i][j];
    }
  return decay.map((v, j) => sum(H, (h, i) => (h[j] * K[i][n]) / K[i][i]) / v);
}

const values = (H, w) => H.map((h) => sum(h, (v, j) => v * w[j]));

// Root mean square error on the points and, expected, on new ones.
function errors({ H, y, at, real, noise }, decay) {
  const w = outputWeights(H, y, decay);
  const mean = (a, b) => sum(a, (v, k) => (v - b[k]) ** 2) / a.length;
  return [Math.sqrt(mean(values(H, w), y)), Math.sqrt(mean(values(at, w), real) + noise * noise)];
}

// Eight masks of inverted dropout, the same units going first for every p.
function masks(p) {
  const u = uniforms(11, MASKS * UNITS);
  return Array.from({ length: MASKS }, (_, k) =>
    Array.from({ length: UNITS }, (_, j) => (u[k * UNITS + j] >= p) / (1 - p)));
}

function setting({ sizes, seed, noise }) {
  const xs = even(POINTS), draws = normals(seed, POINTS), grid = even(201);
  const y = xs.map((x, k) => truth(x) + noise * draws[k]);
  return { xs, y, grid, H: hidden(xs, sizes), at: hidden(grid, sizes), real: grid.map(truth), noise };
}

explorable("weight_decay_dropout_fit", (view, state) => {
  const curves = view.panel(0), chart = view.panel(1), [, , , top] = chart.range;
  const logs = Array.from({ length: STEPS + 1 }, (_, k) => LOWEST + k / 4);
  const words = (log) => scientific(10 ** log);
  let data = setting(state), none, rows;

  // The curves of errors for all λ, for the dropout shown and for none.
  function sweep() {
    [none, rows] = [0, state.p].map((p) =>
      logs.map((log) => errors(data, decayOf(data.H, 10 ** log, p))));
  }
  function draw() {
    const { log, p } = state, { H, y, at, xs, grid } = data, decay = decayOf(H, 10 ** log, p);
    const w = outputWeights(H, y, decay), level = sum(decay, (v) => v) / UNITS;
    const alone = outputWeights(H, y, decay.map(() => level));
    const fit = values(at, w), other = values(at, alone);
    const line = (list) => list.map((v, k) => [grid[k], v]);
    curves.line("fit", line(fit));
    curves.line("decay", line(other));
    curves.draw("masks", state.masks ? masks(p).map((m) =>
      polyline(line(values(at, w.map((v, j) => v * m[j]))).map(([x, v]) => [curves.X(x), curves.Y(v)]))).join("") : "");
    curves.draw("points", xs.map((x, k) => `M${curves.X(x).toFixed(1)},${curves.Y(y[k]).toFixed(1)}h0`).join(""));
    const own = errors(data, decay), best = (list) => list.reduce((a, b, k) => (b[1] < list[a][1] ? k : a), 0);
    chart.line("none", none.map((row, k) => [logs[k], row[1]]));
    ["train", "new"].forEach((name, k) => {
      chart.line(name, rows.map((row, n) => [logs[n], row[k]]));
      chart.dot(`${name}now`, [log, own[k]]);
    });
    chart.line("now", [[log, 0], [log, top]]);
    const apart = Math.max(...fit.map((v, k) => Math.abs(v - other[k])));
    const [k, k0] = [best(rows), best(none)];
    view.say([
      `λ = ${words(log)}, p = ${p.toFixed(2)}: error ${own[0].toFixed(2)} on the points, ${own[1].toFixed(2)} on new ones; noise ${data.noise.toFixed(2)}.`,
      `Least on new ones: ${rows[k][1].toFixed(2)} at λ = ${words(logs[k])}; without dropout ${none[k0][1].toFixed(2)} at λ = ${words(logs[k0])}.`,
      `Weight decay alone, as strong on average (λ = ${words(Math.log10(level))}): its curve differs by up to ${apart.toFixed(2)}.`,
    ].join("\n"));
  }

  const set = (change) => {
    Object.assign(state, change);
    if (!("log" in change || "masks" in change)) (data = setting(state)), sweep();
    draw();
  };
  view.slider(
    "Weight decay λ", { min: LOWEST, max: LOWEST + STEPS / 4, step: 0.25, value: state.log, format: words },
    (log) => set({ log }));
  view.slider(
    "Dropout p", { min: 0, max: 0.9, step: 0.05, value: state.p, format: (v) => v.toFixed(2) },
    (p) => set({ p }));
  view.choice("Units", state.options, state.sizes, (sizes) => set({ sizes }));
  view.toggle("Show eight masks", state.masks, (shown) => set({ masks: shown }));
  view.buttons({ "Other noise": () => set({ seed: state.seed + 1 }) });
  sweep();
  draw();
});
