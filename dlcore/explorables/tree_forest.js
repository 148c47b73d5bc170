// A decision tree and a forest of trees on bootstrap samples; twin of tree_forest.py.

const DEEPEST = 8;

// Grows a tree by Gini impurity; points {x, y, label} count as often as their weights say.
function grow(points, weights, depth = DEEPEST) {
  const total = weights.reduce((a, b) => a + b, 0);
  const ones = points.reduce((sum, p, n) => sum + weights[n] * p.label, 0);
  const node = { share: ones / total }, pure = ones === 0 || ones === total;
  if (pure || depth === 0) return node;
  let best = -Infinity;
  for (const feature of ["x", "y"]) {
    const order = points.map((_, n) => n).sort((a, b) => points[a][feature] - points[b][feature]);
    let count = 0, sum = 0;
    for (let k = 0; k + 1 < order.length; k++) {
      count += weights[order[k]];
      sum += weights[order[k]] * points[order[k]].label;
      const [here, next] = [points[order[k]][feature], points[order[k + 1]][feature]];
      if (here === next) continue;
      // The less impure both sides, the larger.
      const side = (n, s) => (s * s + (n - s) ** 2) / n;
      const value = side(count, sum) + side(total - count, ones - sum);
      if (value > best + 1e-9) [best, node.feature, node.threshold] = [value, feature, (here + next) / 2];
    }
  }
  if (!node.feature) return node;
  const part = (wanted) => {
    const kept = points.map((_, n) => n).filter((n) => points[n][node.feature] <= node.threshold === wanted);
    return grow(kept.map((n) => points[n]), kept.map((n) => weights[n]), depth - 1);
  };
  [node.low, node.high] = [part(true), part(false)];
  return node;
}

// How often each of n points is drawn in n draws with replacement.
function bootstrap(n, seed) {
  const weights = new Array(n).fill(0);
  for (const u of uniforms(seed, n)) weights[Math.floor(u * n)]++;
  return weights;
}

// A single tree sees every point once, each of several its own bootstrap sample.
function forest(points, count) {
  if (count === 1) return [grow(points, points.map(() => 1))];
  return Array.from({ length: count }, (_, b) => {
    const weights = bootstrap(points.length, b + 1), drawn = weights.map((_, n) => n).filter((n) => weights[n]);
    return grow(drawn.map((n) => points[n]), drawn.map((n) => weights[n]));
  });
}

// The mean share of class 1 at a place, of the trees cut at depths 1, 2, ….
function sharesByDepth(trees, place) {
  const shares = new Float64Array(DEEPEST);
  for (let node of trees)
    for (let d = 0; d < DEEPEST; d++) {
      if (node.feature) node = place[node.feature] <= node.threshold ? node.low : node.high;
      shares[d] += node.share / trees.length;
    }
  return shares;
}

// The share of points on the wrong side, by depth.
function errorsByDepth(trees, points) {
  const wrong = new Array(DEEPEST).fill(0);
  for (const p of points)
    sharesByDepth(trees, p).forEach((share, d) => (wrong[d] += share > 0.5 + 1e-9 !== p.label > 0.5));
  return wrong.map((count) => count / points.length);
}

explorable("tree_forest", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), wash = washOver(view, plane);
  const { counts, aside } = state;
  const fresh = pointsOf(state.fresh).map(({ x, y, label }) => ({ x: x + aside, y: y + aside, label }));
  let points = pointsOf(state), trees;

  function draw() {
    const d = state.depth - 1, several = state.trees > 1;
    const shares = Float64Array.from({ length: COLUMNS * ROWS }, (_, n) =>
      sharesByDepth(trees, { x: GRID[2 * n], y: GRID[2 * n + 1] })[d]);
    wash(shares);
    plane.draw("boundary", levelLine(shares, plane, 0.5));
    for (const k of [0, 1]) plane.draw(`class${k}`, marks(points.filter((p) => p.label === k), k, plane));
    const name = several ? `${state.trees} trees of depth ${state.depth}` : `One tree of depth ${state.depth}`;
    plane.part("title").textContent = `${name} (drag the points)`;
    const train = errorsByDepth(trees, points), test = errorsByDepth(trees, fresh);
    const line = (part, errors) => chart.line(part, errors.map((e, k) => [k + 1, 100 * e]));
    line("train", train);
    line("new", test);
    line("single", several ? errorsByDepth(forest(points, 1), fresh) : []);
    chart.line("now", [[state.depth, chart.range[2]], [state.depth, chart.range[3]]]);
    view.say(
      `${name}: wrong on ${Math.round(train[d] * points.length)} of the ${points.length} points and on ` +
      `${Math.round(test[d] * fresh.length)} of ${fresh.length} new ones.`);
  }
  const plant = () => ((trees = forest(points, state.trees)), draw());

  view.slider(
    "Depth", { min: 1, max: DEEPEST, step: 1, value: state.depth },
    (depth) => ((state.depth = depth), draw()));
  view.slider(
    "Trees", { min: 0, max: counts.length - 1, step: 1, value: counts.indexOf(state.trees), format: (k) => String(counts[k]) },
    (k) => ((state.trees = counts[k]), plant()));
  editPoints(view, plane, () => points, { limit: [1.9, 1.15], changed: plant });
  view.buttons({ "Points as before": () => ((points = pointsOf(state)), plant()) });
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme", "theme"] });
  plant();
});
