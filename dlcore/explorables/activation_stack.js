// Signals and gradients through a deep stack of random layers; twin of activation_stack.py.

const [UNITS, EXAMPLES, DEPTH, BINS, REACH] = [48, 24, 30, 25, 5];
// The steepest slope; the others reach 1.
const STEEPEST = { sigmoid: 0.25 };

// C (rows × UNITS) = A (rows × UNITS) times W, or times its transpose.
function multiply(A, W, transposed) {
  const C = new Float64Array(A.length);
  const [across, down] = transposed ? [1, UNITS] : [UNITS, 1];
  for (let r = 0; r < A.length; r += UNITS)
    for (let i = 0; i < UNITS; i++) {
      let sum = 0;
      for (let j = 0; j < UNITS; j++) sum += A[r + j] * W[j * across + i * down];
      C[r + i] = sum;
    }
  return C;
}

const size = (A) => Math.sqrt(A.reduce((sum, a) => sum + a * a, 0) / A.length);

// How far the examples are apart: standard deviation over them, root mean square over units.
function spread(H) {
  let total = 0;
  for (let i = 0; i < UNITS; i++) {
    let sum = 0, squares = 0;
    for (let r = i; r < H.length; r += UNITS) sum += H[r];
    for (let r = i; r < H.length; r += UNITS) squares += (H[r] - sum / EXAMPLES) ** 2;
    total += squares / EXAMPLES;
  }
  return Math.sqrt(total / UNITS);
}

// draws: the inputs, the gradient on top, then the weights of every layer, all standard normal.
function propagate(activation, scale, depth, draws) {
  const [f, slope] = ACTIVATIONS[activation];
  const batch = EXAMPLES * UNITS;
  const layers = Array.from({ length: depth }, (_, l) => {
    const start = 2 * batch + l * UNITS * UNITS;
    return draws.subarray(start, start + UNITS * UNITS).map((w) => (w * scale) / Math.sqrt(UNITS));
  });
  let H = draws.subarray(0, batch);
  const Z = [], signal = [spread(H)];
  for (const W of layers) {
    Z.push(multiply(H, W, true));
    H = Z.at(-1).map(f);
    signal.push(spread(H));
  }
  let G = draws.subarray(batch, 2 * batch), flat = 0;
  const gradient = [], counts = new Array(BINS).fill(0);
  for (let l = depth - 1; l >= 0; l--) {
    const delta = Z[l].map((z, k) => {
      const s = slope(z);
      if (Math.abs(s) < 0.1 * (STEEPEST[activation] || 1)) flat++;
      counts[Math.max(0, Math.min(BINS - 1, Math.floor((z / REACH + 1) * BINS / 2)))]++;
      return G[k] * s;
    });
    gradient.unshift(size(delta));
    G = multiply(delta, layers[l], false);
  }
  const last = gradient.at(-1), all = depth * batch;
  return {
    signal, gradient: gradient.map((g) => g / last), flat: flat / all,
    counts: counts.map((c) => c / all),
  };
}

explorable("activation_stack", (view, state) => {
  const draws = normals(state.seed, 2 * EXAMPLES * UNITS + DEPTH * UNITS * UNITS);
  const curves = view.panel(0), layers = view.panel(1);
  const log = (v) => Math.max(-400, Math.log10(v));
  const zs = Array.from({ length: 201 }, (_, k) => -REACH + (k * REACH) / 100);

  function drawPoint() {
    const [f, slope] = ACTIVATIONS[state.activation];
    const { z } = state, y = f(z), s = slope(z);
    curves.line("tangent", [[z - 1.5, y - 1.5 * s], [z + 1.5, y + 1.5 * s]]);
    curves.draw("handle", `M${curves.X(z)},${curves.Y(y)}h0`);
    curves.draw("foot", `M${curves.X(z)},${curves.Y(s)}h0`);
    point.set(z);
  }

  function draw() {
    const [f, slope] = ACTIVATIONS[state.activation];
    const run = propagate(state.activation, state.scale, state.depth, draws);
    curves.line("activation", zs.map((z) => [z, f(z)]));
    curves.line("slope", zs.map((z) => [z, slope(z)]));
    const [bottom] = [curves.range[2]], width = (2 * REACH) / BINS;
    const bars = run.counts.map((c, k) => {
      const left = curves.X(k * width - REACH), top = curves.Y(bottom + 2 * c);
      return `M${left.toFixed(1)},${curves.Y(bottom)}V${top.toFixed(1)}h10.5V${curves.Y(bottom)}z`;
    });
    curves.draw("units", bars.join(""));
    layers.line("signal", run.signal.map((v, l) => [l, log(v)]));
    layers.line("gradient", run.gradient.map((v, l) => [l + 1, log(v)]));
    drawPoint();
    view.say(
      `${state.names[state.activation]}, ${state.depth} layers, weight scale ` +
      `${state.scale.toPrecision(2)}: the signal leaves the top with a spread of ` +
      `${scientific(run.signal.at(-1))}; the first layer's gradient is ` +
      `${scientific(run.gradient[0])} of the last one's; ` +
      `${Math.round(100 * run.flat)} % of the units sit on a flat piece.`);
  }

  const set = (change) => (Object.assign(state, change), draw());
  view.choice("Activation", state.names, state.activation, (activation) => set({ activation }));
  const presets = view.choice("Weights", state.presets, state.preset, (key) => {
    strength.set(Math.log10(state.scales[key]));
    set({ scale: state.scales[key] });
  });
  const strength = view.slider(
    "Weight scale",
    { min: -1, max: 1.5, step: 0.05, value: Math.log10(state.scale),
      format: (v) => `× ${(10 ** v).toPrecision(2)}` },
    (v) => (presets.set(""), set({ scale: 10 ** v })));
  view.slider(
    "Depth", { min: 1, max: DEPTH, step: 1, value: state.depth, format: (v) => `${v} layers` },
    (depth) => set({ depth }));
  const point = view.slider(
    "Pre-activation z", {
      min: -REACH, max: REACH, step: 0.1, value: state.z,
      format: (z) => {
        const [f, slope] = ACTIVATIONS[state.activation];
        return `${z.toFixed(1)}: value ${f(z).toFixed(3)}, slope ${slope(z).toFixed(3)}`;
      },
    },
    (z) => ((state.z = z), drawPoint()));
  drag(curves, ([z]) => {
    state.z = Math.max(-REACH, Math.min(REACH, Math.round(z * 10) / 10));
    drawPoint();
  });
  draw();
});
