// One Gaussian fitted to two peaks by either direction of KL; twin of kl_fit.py.

const normal = (x, mean, scale = 1) => Math.exp(-0.5 * ((x - mean) / scale) ** 2) / (scale * Math.sqrt(2 * Math.PI));
const line = (from, to, n) => Array.from({ length: n }, (_, k) => from + ((to - from) * k) / (n - 1));

// Nodes and weights of a mean under the standard normal.
function rule(reach, n) {
  const nodes = line(-reach, reach, n), raw = nodes.map((z) => normal(z, 0));
  const sum = raw.reduce((a, b) => a + b);
  return nodes.map((z, k) => [z, raw[k] / sum]);
}
// A coarse rule makes false minima.
const FINE = rule(9, 721), COARSE = rule(6, 241);

// Log-density of the mixture with its first two derivatives.
function target({ distance, weight }) {
  const half = distance / 2;
  return (x) => {
    const a = Math.log1p(-weight) - 0.5 * (x + half) ** 2, b = Math.log(weight) - 0.5 * (x - half) ** 2;
    const most = Math.max(a, b), log = most + Math.log1p(Math.exp(-Math.abs(a - b)));
    const right = Math.exp(b - log), left = Math.exp(a - log);
    const slope = right * (half - x) - left * (half + x);
    return [log - 0.5 * Math.log(2 * Math.PI), slope, distance ** 2 * left * right - 1];
  };
}

const entropyOf = (scale) => 0.5 + Math.log(scale * Math.sqrt(2 * Math.PI));

// KL(q ‖ p) of the Gaussian with mean m and deviation exp(t), with gradient and Hessian by m, t.
function reverseAt(p, [m, t]) {
  const s = Math.exp(t), g = [0, 0], h = [0, 0, 0];
  let value = -entropyOf(s);
  for (const [z, w] of FINE) {
    const [log, slope, bend] = p(m + s * z);
    value -= w * log;
    g[0] -= w * slope;
    g[1] -= w * slope * s * z;
    h[0] -= w * bend;
    h[1] -= w * bend * s * z;
    h[2] -= w * (bend * (s * z) ** 2 + slope * s * z);
  }
  g[1] -= 1;
  return { value, g, h };
}

// Downhill from the start by Newton steps whose Hessian is made positive, halved until they help.
function fitReverse(p, start) {
  let at = [start, 0], now = reverseAt(p, at);
  for (let n = 0; n < 200 && Math.hypot(...now.g) > 1e-11; n++) {
    const [a, b, d] = now.h, half = (a + d) / 2, root = Math.hypot((a - d) / 2, b);
    const angle = 0.5 * Math.atan2(2 * b, a - d), axis = [Math.cos(angle), Math.sin(angle)];
    const along = now.g[0] * axis[0] + now.g[1] * axis[1], across = now.g[1] * axis[0] - now.g[0] * axis[1];
    const u = along / Math.max(Math.abs(half + root), 1e-3), v = across / Math.max(Math.abs(half - root), 1e-3);
    const step = [u * axis[0] - v * axis[1], u * axis[1] + v * axis[0]];
    // Never far at once: the search shall end in the valley where it began.
    let size = Math.min(1, 0.5 / Math.hypot(...step)), next;
    do {
      next = reverseAt(p, at.map((x, k) => x - size * step[k]));
      size /= 2;
    } while (next.value > now.value && size > 1e-12);
    if (size <= 1e-12) break;
    at = at.map((x, k) => x - 2 * size * step[k]);
    now = next;
  }
  return { mean: at[0], scale: Math.exp(at[1]), divergence: now.value };
}

// The forward fit has the mixture's mean and variance; its divergence for every mean is closed.
function fitForward({ distance, weight }) {
  const p = target({ distance, weight }), mean = (weight - 0.5) * distance;
  const variance = 1 + weight * (1 - weight) * distance ** 2, xs = line(-14, 14, 1401);
  const entropy = -xs.reduce((sum, x) => sum + Math.exp(p(x)[0]) * p(x)[0], 0) * (xs[1] - xs[0]);
  const divergence = (m) => entropyOf(Math.sqrt(variance + (m - mean) ** 2)) - entropy;
  return { mean, scale: Math.sqrt(variance), divergence };
}

// The least reverse divergence of every mean over 60 deviations from 0.3 to 6.
const SCALES = line(0, 1, 60).map((k) => 0.3 * 20 ** k);
const reverseProfile = (p, means) => means.map((m) => SCALES.reduce((best, s) =>
  Math.min(best, COARSE.reduce((sum, [z, w]) => sum - w * p(m + s * z)[0], -entropyOf(s))), Infinity));

explorable("kl_fit", (view, state) => {
  const chart = view.panel(0), valleys = view.panel(1);
  const xs = line(-8, 8, 161), means = line(-8, 8, 65);
  const number = (v) => v.toFixed(2).replace("-", "−");
  let profile;

  function draw() {
    const p = target(state), forward = fitForward(state), reverse = fitReverse(p, state.start);
    chart.line("target", [[-8, 0], ...xs.map((x) => [x, Math.exp(p(x)[0])]), [8, 0]]);
    chart.line("forward", xs.map((x) => [x, normal(x, forward.mean, forward.scale)]));
    chart.line("reverse", xs.map((x) => [x, normal(x, reverse.mean, reverse.scale)]));
    start.set(state.start, 0);
    profile = profile || reverseProfile(p, means);
    valleys.line("forward", means.map((m) => [m, forward.divergence(m)]));
    valleys.line("reverse", means.map((m, k) => [m, profile[k]]));
    valleys.dot("forward-least", [forward.mean, forward.divergence(forward.mean)]);
    valleys.dot("reverse-least", [reverse.mean, reverse.divergence]);
    const say = (name, q, value) =>
      `${name}: mean ${number(q.mean)}, deviation ${number(q.scale)}, divergence ${number(value)} nats`;
    view.say([
      say("Forward, KL(p ‖ q)", forward, forward.divergence(forward.mean)),
      say(`Reverse, KL(q ‖ p), begun at ${number(state.start)}`, reverse, reverse.divergence),
    ].join("\n"));
  }

  const start = handle(chart, "start", {
    label: "Where the reverse search begins", value: [state.start, 0],
    moved: (x) => ((state.start = snap(x, 0.1, 6)), draw()),
    describe: (x) => x.toFixed(1),
  });
  const set = (change) => (Object.assign(state, change), (profile = null), draw());
  view.slider(
    "Distance", { min: 0, max: 8, step: 0.1, value: state.distance, format: (v) => v.toFixed(1) },
    (distance) => set({ distance }));
  view.slider(
    "Right weight", { min: 0.05, max: 0.95, step: 0.05, value: state.weight, format: (v) => v.toFixed(2) },
    (weight) => set({ weight }));
  draw();
});
