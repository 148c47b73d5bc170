// The best product of two normals for a posterior in the plane; twin of mean_field_posterior.py.
// A fit is [mean, mean, deviation, deviation]; offset is null for the correlated normal.

const nodesOf = ([count, far]) => Array.from({ length: count }, (_, k) => far * ((2 * k) / (count - 1) - 1));

// The mean of f over a standard normal, on the nodes.
function expected(nodes, f) {
  let sum = 0, total = 0;
  for (const e of nodes) {
    const weight = Math.exp(-e * e / 2);
    total += weight;
    sum += weight * f(e);
  }
  return sum / total;
}

// The log density of both modes along the line through them.
function logMixture(x, offset) {
  const a = -((x - offset) ** 2) / 2, b = -((x + offset) ** 2) / 2;
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))) - Math.log(2 * Math.sqrt(2 * Math.PI));
}

function reverseKl(nodes, [m, n, s, t], rho, offset) {
  if (offset === null) {
    const free = 1 - rho * rho, squares = (s * s + t * t + m * m + n * n - 2 * rho * m * n) / free;
    return (squares - 2 + Math.log(free)) / 2 - Math.log(s * t);
  }
  const along = -expected(nodes, (e) => logMixture(m + s * e, offset));
  const across = (t * t + n * n - 1) / 2 - Math.log(t);
  return along - Math.log(s) - Math.log(2 * Math.PI * Math.E) / 2 + across;
}

const forwardFit = (offset) => [0, 0, offset === null ? 1 : Math.sqrt(1 + offset * offset), 1];

function forwardKl(nodes, rho, offset) {
  if (offset === null) return -Math.log(1 - rho * rho) / 2;
  const entropy = -expected(nodes, (e) => logMixture(offset + e, offset));
  return Math.log(2 * Math.PI * Math.E * (1 + offset * offset)) / 2 - entropy;
}

// One step down the divergence from the modes, as far as it falls; the other factor at once.
function toward(nodes, [m, , s], offset, least) {
  const tilt = (e) => Math.tanh(offset * (m + s * e)), kl = (fit) => reverseKl(nodes, fit, 0, offset);
  const slope = expected(nodes, (e) => offset * tilt(e) - m - s * e);
  const bend = expected(nodes, (e) => 1 - offset * offset * (1 - tilt(e) ** 2));
  const here = kl([m, 0, s, 1]);
  for (let eta = 0.5; eta > least; eta /= 2) {
    const precision = Math.max((1 - eta) / (s * s) + eta * bend, 0.5 / (s * s));
    const next = [m + (eta * slope) / precision, 0, precision ** -0.5, 1];
    if (kl(next) <= here) return next;
  }
  return [m, 0, s, 1];
}

// From round normals at the start, update by update.
function updatesOf(state, nodes, offset) {
  const { rho, start } = state, narrow = Math.sqrt(1 - rho * rho), fits = [[...start, 1, 1]];
  for (let k = 0; k < state.updates; k++) {
    const [m, n, s, t] = fits.at(-1);
    if (offset !== null) fits.push(toward(nodes, fits.at(-1), offset, state.least));
    else fits.push(k % 2 ? [m, rho * m, s, narrow] : [rho * n, n, narrow, t]);
  }
  return fits;
}

const normalDensity = (x, mean, deviation) => Math.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));

explorable("mean_field_posterior", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), nodes = nodesOf(state.nodes);
  const [columns, rows] = state.grid, [across, up] = state.limit;
  const at = (k, count, reach) => reach * ((2 * k) / (count - 1) - 1);
  const range = (count) => Array.from({ length: count }, (_, k) => k);
  const turn = range(73).map((k) => (2 * Math.PI * k) / 72);
  const number = (v, digits = 2) => (Math.abs(v) < 0.5 * 10 ** -digits ? 0 : v).toFixed(digits).replace("-", "−");
  let shown = state.updates, stop = null;

  const ring = (place) => polyline(turn.map((a) => place(a)).map(([x, y]) => [plane.X(x), plane.Y(y)]));
  const rings = (place) => [1, 2, 3].map((k) => ring((a) => place(k, a))).join("");

  function levels(offset) {
    if (offset === null) {
      const lag = Math.asin(state.rho);
      return rings((k, a) => [k * Math.cos(a), k * Math.sin(a + lag)]);
    }
    const heights = Float64Array.from({ length: columns * rows }, (_, k) =>
      logMixture(at(k % columns, columns, across), offset) - at(Math.floor(k / columns), rows, up) ** 2 / 2);
    const most = heights.reduce((a, b) => Math.max(a, b));
    return [1, 2, 3].map((k) => contour(heights, columns, most - (k * k) / 2,
      (j, i) => [plane.X(at(j, columns, across)), plane.Y(at(i, rows, up))])).join("");
  }

  function where([m, , s], offset) {
    const sd = `mean ${number(m)}, deviation ${number(s)}`;
    if (state.divergence === "forward") {
      const valley = `At 0 it has density ${number(normalDensity(0, m, s), 3)}, the target ${number(Math.exp(logMixture(0, offset)), 3)}.`;
      return `The fit has the target's moments: ${sd}. ${valley}`;
    }
    const side = Math.abs(m) < 0.5 ? "in the middle" : m > 0 ? "at the right mode" : "at the left mode";
    return `After ${shown} updates the fit is ${side}: ${sd}.`;
  }

  function draw() {
    const offset = state.target === "modes" ? state.offset : null, forward = state.divergence === "forward";
    const fits = forward ? [forwardFit(offset)] : updatesOf(state, nodes, offset).slice(0, shown + 1);
    const [m, n, s, t] = fits.at(-1);
    plane.draw("levels", levels(offset));
    plane.draw("fit", rings((k, a) => [m + k * s * Math.cos(a), n + k * t * Math.sin(a)]));
    plane.line("way", fits);
    plane.dot("now", [m, n]);
    plane.part("start").parentNode.style.display = forward ? "none" : "";
    const all = range(105).map((k) => at(k, 105, across));
    chart.line("true", all.map((x) => [x, Math.exp(logMixture(x, offset || 0))]));
    chart.line("fitted", range(81).map((k) => m + s * at(k, 81, 4)).map((x) => [x, normalDensity(x, m, s)]));
    knob.set(...state.start);
    const left = forward ? forwardKl(nodes, state.rho, offset) : reverseKl(nodes, fits.at(-1), state.rho, offset);
    const title = `${state.targets[state.target]}, ${forward ? "forward" : "reverse"} KL`;
    plane.part("title").textContent = title;
    dress(plane.svg, { "aria-label": title });
    const words = [];
    if (offset === null) {
      const free = 1 - state.rho ** 2;
      words.push(
        forward ? `The fit has the posterior's own marginals: means 0, variances 1.`
          : `After ${shown} updates the means are ${number(m)} and ${number(n)}, the variances ${number(s * s)} and ${number(t * t)}.`,
        `Under p each variance is 1, and ${number(free)} once the other variable is known.`,
        `Divergence ${number(left, 3)} nats; −½ ln(1 − ρ²) = ${number(-Math.log(free) / 2, 3)} of them no choice of q removes.`);
    } else {
      words.push(where(fits.at(-1), offset), `Divergence ${number(left, 3)} nats; leaving out one of two equal halves costs ln 2 = 0.693.`);
    }
    view.say(words.join("\n"));
  }

  function pause() {
    if (stop) stop();
    stop = null;
    if (play) play.textContent = "Play";
  }
  function toggle() {
    if (stop) return pause();
    let frames = 0;
    shown = 0;
    play.textContent = "Pause";
    stop = view.animate(() => {
      if (frames++ % 12) return;
      count.set(shown);
      draw();
      if (shown === state.updates) return pause();
      shown++;
    });
  }

  const knob = handle(plane, "start", {
    label: "Where the means begin", value: state.start, step: 0.1,
    moved: (x, y) => ((state.start = [snap(x, 0.1, across), snap(y, 0.1, up)]), draw()),
    describe: (x, y) => `${number(x, 1)}, ${number(y, 1)}`,
  });
  view.choice("Posterior", state.targets, state.target, (target) => ((state.target = target), draw()));
  view.choice("Divergence", state.divergences, state.divergence, (key) => ((state.divergence = key), pause(), draw()));
  view.slider(
    "Correlation ρ", { min: 0, max: state.most[0], step: 0.01, value: state.rho, format: (v) => v.toFixed(2) },
    (rho) => ((state.rho = rho), draw()));
  view.slider(
    "Modes at", { min: 0, max: state.most[1], step: 0.1, value: state.offset, format: (v) => `±${v.toFixed(1)}` },
    (offset) => ((state.offset = offset), draw()));
  const count = view.slider(
    "Updates", { min: 0, max: state.updates, step: 1, value: shown },
    (k) => (pause(), (shown = k), draw()));
  const play = reducedMotion() ? null : view.buttons({ "Play": toggle }, 0)[0];
  draw();
});
