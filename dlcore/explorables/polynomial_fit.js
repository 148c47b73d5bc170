// Polynomials of growing degree through noisy points; twin of polynomial_fit.py.

const HIGHEST = 11;
const truth = (x) => Math.sin(2 * Math.PI * x);
const even = (n) => Array.from({ length: n }, (_, k) => k / (n - 1));

function sample(n, noise, seed) {
  const draws = normals(seed, n), x = even(n);
  return { x, y: x.map((v, k) => truth(v) + noise * draws[k]) };
}

// Least squares of every degree at once: polynomials that are orthogonal on the points, each made
// from the two before it. Returns for each degree the values at all places.
function fits({ x, y }, places) {
  const dot = (a, b) => a.reduce((sum, v, k) => sum + v * b[k], 0);
  const all = [...x, ...places], own = (p) => p.slice(0, x.length);
  let p = all.map(() => 1), before = all.map(() => 0), size = x.length, beta = 0;
  let values = all.map(() => 0);
  const result = [];
  for (let degree = 0; degree <= HIGHEST; degree++) {
    const rest = y.map((v, k) => v - values[k]), c = dot(rest, own(p)) / size;
    values = values.map((v, k) => v + c * p[k]);
    result.push({ own: own(values), values: values.slice(x.length) });
    const alpha = dot(x.map((v, k) => v * p[k]), own(p)) / size;
    const next = p.map((v, k) => (all[k] - alpha) * v - beta * before[k]);
    [before, p] = [p, next];
    const larger = dot(own(p), own(p));
    [beta, size] = [larger / size, larger];
  }
  return result;
}

// For each degree the root mean square error on the points and, expected, on new ones.
function errors(data, noise) {
  const grid = even(1001), mean = (a) => a.reduce((sum, v) => sum + v * v, 0) / a.length;
  return fits(data, grid).map(({ own, values }) => [
    Math.sqrt(mean(own.map((v, k) => v - data.y[k]))),
    Math.sqrt(mean(values.map((v, k) => v - truth(grid[k]))) + noise * noise),
  ]);
}

explorable("polynomial_fit", (view, state) => {
  const curves = view.panel(0), chart = view.panel(1), xs = even(201);
  const [, , low, high] = chart.range;
  const log = (v) => Math.max(low - 1, Math.log10(v));

  function draw() {
    const { degree, n, noise, seed } = state, data = sample(n, noise, seed);
    const values = fits(data, xs)[degree].values, rows = errors(data, noise);
    curves.part("title").textContent = `A polynomial of degree ${degree}`;
    curves.line("fit", xs.map((x, k) => [x, Math.max(-99, Math.min(99, values[k]))]));
    curves.draw("points", data.x.map((x, k) =>
      `M${curves.X(x).toFixed(1)},${curves.Y(data.y[k]).toFixed(1)}h0`).join(""));
    chart.line("train", rows.map(([own], k) => [k, log(own)]));
    chart.line("new", rows.map(([, fresh], k) => [k, log(fresh)]));
    chart.line("noise", [[0, log(noise)], [HIGHEST, log(noise)]]);
    chart.line("now", [[degree, low], [degree, high]]);
    const best = rows.reduce((found, row, k) => (row[1] < rows[found][1] ? k : found), 0);
    view.say(
      `Degree ${degree} on ${n} points: error ${rows[degree][0].toFixed(2)} on them, ${rows[degree][1].toFixed(2)} on new ones.\n` +
      `Best on new ones is degree ${best} with ${rows[best][1].toFixed(2)}; the noise alone is ${noise.toFixed(2)}.`);
  }

  const set = (change) => (Object.assign(state, change), draw());
  view.slider("Degree", { min: 0, max: HIGHEST, step: 1, value: state.degree }, (degree) => set({ degree }));
  view.slider(
    "Points", { min: 0, max: state.counts.length - 1, step: 1, value: state.counts.indexOf(state.n), format: (k) => String(state.counts[k]) },
    (k) => set({ n: state.counts[k] }));
  view.slider(
    "Noise", { min: 0, max: 0.5, step: 0.05, value: state.noise, format: (v) => v.toFixed(2) },
    (noise) => set({ noise }));
  view.buttons({ "Other noise": () => set({ seed: state.seed + 1 }) });
  draw();
});
