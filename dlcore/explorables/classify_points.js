// Logistic regression and nearest neighbours on the same movable points; twin of
// classify_points.py.

// Solves three equations by elimination with pivoting.
function solveThree(A, b) {
  const rows = A.map((row, k) => [...row, b[k]]);
  for (let k = 0; k < 3; k++) {
    const best = [0, 1, 2].slice(k).reduce((p, r) => Math.abs(rows[r][k]) > Math.abs(rows[p][k]) ? r : p, k);
    [rows[k], rows[best]] = [rows[best], rows[k]];
    for (let r = 0; r < 3; r++) {
      const factor = r === k ? 0 : rows[r][k] / rows[k][k];
      rows[r] = rows[r].map((v, c) => v - factor * rows[k][c]);
    }
  }
  return rows.map((row, k) => row[3] / row[k]);
}

// Minimizes the sum of the log losses plus penalty/2 · |w|² by Newton steps that are halved until
// the cost falls; returns [w1, w2, bias]. A single class has no boundary: a constant.
function logisticRegression(points, penalty) {
  const ones = points.filter((p) => p.label === 1).length;
  if (ones === 0 || ones === points.length) return [0, 0, ones ? 10 : -10];
  const cost = ([u, v, b]) => points.reduce((sum, p) => {
    const z = u * p.x + v * p.y + b;
    return sum + Math.max(z, 0) - z * p.label + Math.log1p(Math.exp(-Math.abs(z)));
  }, (penalty / 2) * (u * u + v * v));
  let theta = [0, 0, 0];
  for (let t = 0; t < 100; t++) {
    const gradient = [penalty * theta[0], penalty * theta[1], 0];
    const hessian = [[penalty, 0, 0], [0, penalty, 0], [0, 0, 1e-12]];
    for (const { x, y, label } of points) {
      const features = [x, y, 1], q = logistic(theta[0] * x + theta[1] * y + theta[2]);
      features.forEach((f, i) => {
        gradient[i] += (q - label) * f;
        features.forEach((g, j) => (hessian[i][j] += q * (1 - q) * f * g));
      });
    }
    const step = solveThree(hessian, gradient), before = cost(theta);
    let size = 1, next = theta;
    do {
      next = theta.map((v, k) => v - size * step[k]);
      size /= 2;
    } while (cost(next) > before && size > 1e-9);
    if (size <= 1e-9 || Math.hypot(...step) < 1e-12) break;
    theta = next;
  }
  return theta;
}

explorable("classify_points", (view, state) => {
  const linear = view.panel(0), nearest = view.panel(1);
  const washes = [linear, nearest].map((panel) => washOver(view, panel));
  let points = pointsOf(state);

  function draw() {
    const [u, v, b] = logisticRegression(points, 10 ** state.penalty);
    const at = Float64Array.from({ length: COLUMNS * ROWS }, (_, n) =>
      logistic(u * GRID[2 * n] + v * GRID[2 * n + 1] + b));
    const shares = neighbourShares(points, state.k, GRID);
    [at, shares].forEach((probabilities, n) => {
      const panel = [linear, nearest][n];
      washes[n](probabilities);
      panel.draw("boundary", levelLine(probabilities, panel, 0.5));
      for (const k of [0, 1]) panel.draw(`class${k}`, marks(points.filter((p) => p.label === k), k, panel));
    });
    const flat = Float64Array.from(points.flatMap((p) => [p.x, p.y]));
    const own = neighbourShares(points, state.k, flat);
    const right = (inside) => points.filter((p, n) => inside(p, n) === (p.label === 1)).length;
    const side = right((p) => u * p.x + v * p.y + b > 0), kept = right((p, n) => own[n] > 0.5);
    const area = at.reduce((sum, p, n) => sum + (p > 0.5 !== shares[n] > 0.5), 0) / shares.length;
    view.say(
      `Right on ${points.length} points: logistic regression ${side}, ${state.k} nearest ` +
      `${state.k === 1 ? "neighbour" : "neighbours"} ${kept}. ` +
      `They disagree on ${Math.round(100 * area)} % of the plane.`);
  }

  linear.part("title").textContent = "Logistic regression (drag the points)";
  editPoints(view, linear, () => points, { limit: [1.9, 1.15], changed: draw });
  const kTitle = () => (nearest.part("title").textContent = `Nearest neighbours, k = ${state.k}`);
  view.slider(
    "Neighbours k", { min: 1, max: 15, step: 2, value: state.k, format: String },
    (k) => ((state.k = k), kTitle(), draw()));
  view.slider(
    "Penalty λ", { min: -3, max: 2, step: 0.25, value: state.penalty, format: (v) => scientific(10 ** v) },
    (v) => ((state.penalty = v), draw()));
  view.buttons({ "Points as before": () => ((points = pointsOf(state)), draw()) });
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme", "theme"] });
  draw();
});
