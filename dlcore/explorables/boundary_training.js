// A small network trained by full-batch gradient descent, drawn as it learns.

// sizes: units of every layer; weights of variance gain² / d_in, biases 0.
function initialize(sizes, activation, seed) {
  const gain = activation === "relu" ? Math.SQRT2 : 1;
  const count = sizes.slice(1).reduce((sum, d, l) => sum + d * sizes[l], 0);
  const draws = normals(seed, count);
  let start = 0;
  return sizes.slice(1).map((rows, l) => {
    const columns = sizes[l], end = start + rows * columns;
    const W = draws.slice(start, end).map((w) => (w * gain) / Math.sqrt(columns));
    start = end;
    return { rows, columns, W, b: new Float64Array(rows) };
  });
}

// Pre-activations and activations of every layer; X holds n examples, one after the other.
function forward(layers, activation, X) {
  const f = ACTIVATIONS[activation][0], n = X.length / layers[0].columns;
  const Z = [], H = [X];
  layers.forEach(({ rows, columns, W, b }, l) => {
    const h = H[l], z = new Float64Array(n * rows);
    for (let k = 0; k < n; k++)
      for (let i = 0; i < rows; i++) {
        let sum = b[i];
        for (let j = 0; j < columns; j++) sum += W[i * columns + j] * h[k * columns + j];
        z[k * rows + i] = sum;
      }
    Z.push(z);
    H.push(l < layers.length - 1 ? z.map(f) : z);
  });
  return { Z, H };
}

// Binary cross-entropy on logits, and the share of examples on their side.
function judge(logits, y) {
  let loss = 0, right = 0;
  logits.forEach((z, k) => {
    loss += Math.max(z, 0) - z * y[k] + Math.log1p(Math.exp(-Math.abs(z)));
    right += z > 0 === y[k] > 0.5;
  });
  return { loss: loss / y.length, right };
}

// Backpropagation: the gradients by W and b of every layer, and the loss.
function gradients(layers, activation, X, y) {
  const slope = ACTIVATIONS[activation][1], { Z, H } = forward(layers, activation, X);
  const n = y.length, result = [];
  let delta = Z.at(-1).map((z, k) => (logistic(z) - y[k]) / n);
  for (let l = layers.length - 1; l >= 0; l--) {
    const { rows, columns, W } = layers[l], h = H[l];
    const dW = new Float64Array(W.length), db = new Float64Array(rows);
    const below = new Float64Array(n * columns);
    for (let k = 0; k < n; k++)
      for (let i = 0; i < rows; i++) {
        const d = delta[k * rows + i];
        db[i] += d;
        for (let j = 0; j < columns; j++) {
          dW[i * columns + j] += d * h[k * columns + j];
          below[k * columns + j] += d * W[i * columns + j];
        }
      }
    if (l > 0) delta = below.map((g, k) => g * slope(Z[l - 1][k]));
    result.unshift({ dW, db });
  }
  return { ...judge(Z.at(-1), y), layers: result };
}

// One step of gradient descent, in place; returns the loss before it.
function descend(layers, activation, X, y, eta) {
  const gradient = gradients(layers, activation, X, y);
  gradient.layers.forEach(({ dW, db }, l) => {
    dW.forEach((g, k) => (layers[l].W[k] -= eta * g));
    db.forEach((g, k) => (layers[l].b[k] -= eta * g));
  });
  return gradient;
}

const LONGEST = 3000;

explorable("boundary_training", (view, state) => {
  const plane = view.panel(0), curve = view.panel(1);
  const { X, Y } = plane;
  const wash = washOver(view, plane);
  plane.part("title").textContent = "Drag the points, click to add one";
  let points, layers, losses, first, stop = null, diverged = false;

  const flat = () => Float64Array.from(points.flatMap((p) => [p.x, p.y]));
  const labels = () => points.map((p) => p.label);
  const sizes = () => [2, ...new Array(state.layers).fill(state.hidden), 1];
  // The lines w·x + b = 0 of the first layer's units.
  function unitLines() {
    const { W, b, rows } = layers[0];
    return Array.from({ length: rows }, (_, i) => {
      const [u, v] = W.slice(2 * i, 2 * i + 2), squared = u * u + v * v;
      if (!(squared > 1e-12 && squared < 1e12)) return "";
      const far = 4 / Math.sqrt(squared), near = b[i] / squared;
      return polyline([-far, far].map((t) => [X(-near * u - t * v), Y(-near * v + t * u)]));
    }).join("");
  }

  function draw() {
    const logits = forward(layers, state.activation, GRID).Z.at(-1);
    wash(logits.map(logistic));
    plane.draw("boundary", levelLine(logits, plane));
    plane.draw("units", state.lines ? unitLines() : "");
    for (const k of [0, 1]) plane.draw(`class${k}`, marks(points.filter((p) => p.label === k), k, plane));
    const now = judge(forward(layers, state.activation, flat()).Z.at(-1), labels());
    diverged = !isFinite(now.loss);
    const shown = [...losses, now.loss].map((v, t) => [t, Math.log10(Math.max(v, 1e-4))]);
    curve.line("loss", shown.filter(([t, v]) => t % Math.ceil(shown.length / 300) === 0 && isFinite(v)));
    const solved = first === null ? "" : ` All were right first at step ${first}.`;
    view.say(diverged
      ? `The loss is no longer a number after step ${losses.length}; lower the learning rate.`
      : `Step ${losses.length}: loss ${now.loss.toPrecision(3)}, ${now.right} of ${points.length} ` +
        `points on the right side.${solved}`);
  }

  function step(count) {
    for (let t = 0; t < count && losses.length < LONGEST && !diverged; t++) {
      const { loss, right } = descend(layers, state.activation, flat(), labels(), state.eta);
      if (first === null && right === points.length) first = losses.length;
      if (!isFinite(loss)) break;
      losses.push(loss);
    }
    draw();
    return losses.length < LONGEST && !diverged;
  }

  function pause() {
    if (stop) stop();
    stop = null;
    play.textContent = "Train";
  }

  function toggle() {
    if (stop) return pause();
    if (reducedMotion()) return step(100);
    play.textContent = "Pause";
    stop = view.animate(() => step(5) || pause());
  }

  function restart() {
    pause();
    layers = initialize(sizes(), state.activation, state.seed);
    [losses, first, diverged] = [[], null, false];
    draw();
  }

  function load(name) {
    points = pointsOf(state.data[name]);
    restart();
  }

  const set = (change) => (Object.assign(state, change), restart());
  const [play] = view.buttons({
    "Train": toggle,
    "One step": () => (pause(), step(1)),
    "Reset": restart,
    "Other start": () => set({ seed: state.seed + 1 }),
  }, 0);
  view.choice("Data", state.names, state.set, load);
  view.slider("Hidden units", { min: 1, max: 16, step: 1, value: state.hidden }, (hidden) => set({ hidden }));
  view.choice("Hidden layers", { 1: "1", 2: "2" }, state.layers, (n) => set({ layers: +n }));
  view.choice("Activation", state.activations, state.activation, (activation) => set({ activation }));
  view.slider(
    "Learning rate η", { min: -2, max: 1, step: 0.25, value: Math.log10(state.eta),
      format: (v) => (10 ** v).toPrecision(2) },
    (v) => (state.eta = 10 ** v));
  view.toggle("Show the first layer's lines", state.lines, (lines) => ((state.lines = lines), draw()));
  editPoints(view, plane, () => points, { limit: [1.9, 1.15], changed: draw });
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme", "theme"] });
  load(state.set);
});
