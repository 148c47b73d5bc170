// A random walk and Hamiltonian Monte Carlo on the same density; twin of metropolis_and_hmc.py.

// Each density gives the logarithm at a place and its gradient.
const DENSITIES = {
  correlated: (x, y) => {
    const rho = 0.95, a = (x - rho * y) / (1 - rho ** 2), b = (y - rho * x) / (1 - rho ** 2);
    return [-(a * x + b * y) / 2, -a, -b];
  },
  banana: (x, y) => {
    const bend = 0.5, width = 1.5, rest = y - bend * (x * x - width ** 2);
    return [-((x / width) ** 2 + rest ** 2) / 2, -x / width ** 2 + 2 * bend * x * rest, -rest];
  },
  modes: (x, y) => {
    const half = 3.5, right = 1 / (1 + Math.exp(-2 * half * x));
    return [Math.log(Math.cosh(half * x)) - (x * x + half * half) / 2 - (y * y) / 2, half * (2 * right - 1) - x, -y];
  },
};

// Random-walk Metropolis: one evaluation a draw.
function walk({ density, starts, evaluations }, step, seed) {
  const f = DENSITIES[density], z = normals(seed, 2 * evaluations), u = uniforms(seed + 7919, evaluations);
  let place = starts[density], here = f(...place)[0];
  const states = [place], accepted = [];
  for (let n = 0; n < evaluations; n++) {
    const to = [place[0] + step * z[2 * n], place[1] + step * z[2 * n + 1]], there = f(...to)[0];
    accepted.push(Math.log(1 - u[n]) < there - here);
    if (accepted[n]) [place, here] = [to, there];
    states.push(place);
  }
  return { states, accepted };
}

// Hamiltonian Monte Carlo: as many evaluations of the gradient a draw as leaps.
function roll({ density, starts, evaluations, leaps }, step, seed) {
  const f = DENSITIES[density], draws = Math.floor(evaluations / leaps);
  const z = normals(seed, 2 * draws), u = uniforms(seed + 7919, draws);
  let place = starts[density];
  const states = [place], accepted = [];
  for (let n = 0; n < draws; n++) {
    let [x, y] = place, px = z[2 * n], py = z[2 * n + 1], [here, gx, gy] = f(x, y), stable = true;
    const before = here - (px * px + py * py) / 2;
    for (let k = 0; k < leaps && stable; k++) {
      px += (step / 2) * gx;
      py += (step / 2) * gy;
      x += step * px;
      y += step * py;
      stable = Math.abs(x) + Math.abs(y) <= 1e3;
      if (!stable) break;
      [here, gx, gy] = f(x, y);
      px += (step / 2) * gx;
      py += (step / 2) * gy;
    }
    accepted.push(stable && Math.log(1 - u[n]) < here - (px * px + py * py) / 2 - before);
    if (accepted[n]) place = [x, y];
    states.push(place);
  }
  return { states, accepted };
}

// The effective sample size by Geyer's monotone sequence of both halves of a chain.
function effective(values) {
  const half = Math.floor(values.length / 2), halves = [values.slice(0, half), values.slice(-half)];
  const mean = (v) => v.reduce((sum, x) => sum + x, 0) / v.length, means = halves.map(mean);
  const covariance = (k) => mean(halves.map((v, h) => {
    let sum = 0;
    for (let n = k; n < half; n++) sum += (v[n] - means[h]) * (v[n - k] - means[h]);
    return sum / half;
  }));
  const zero = covariance(0), within = (zero * half) / (half - 1);
  const total = zero + (means[0] - means[1]) ** 2 / 2;
  if (total < 1e-12) return 0;
  const rho = (k) => (k ? 1 - (within - covariance(k)) / total : 1);
  const last = Math.max(Math.floor((half - 3) / 2), 0);
  let tau = -1, least = Infinity, k = 0;
  for (; k < last; k++) {
    const pair = rho(2 * k) + rho(2 * k + 1);
    if (pair <= 0) break;
    least = Math.min(least, pair);
    tau += 2 * least;
  }
  tau += Math.max(rho(2 * k), 0);
  return (2 * half) / Math.max(tau, 1 / Math.log10(2 * half));
}

// Of the worse coordinate; 0 if one never moved.
const worth = ({ states, accepted }) => (accepted.some(Boolean)
  ? Math.min(...[0, 1].map((axis) => effective(states.slice(1).map((place) => place[axis])))) : 0);

explorable("metropolis_and_hmc", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), { notches, evaluations, leaps, names, steps } = state;
  const [columns, rows] = state.grid, [across, up] = state.reach;
  const at = (k, count, reach) => reach * ((2 * k) / (count - 1) - 1);
  const spot = ({ X, Y }, x, y) => `${X(x).toFixed(1)},${Y(y).toFixed(1)}`;
  let seed = 0, shown = state.shown, stop = null, runs;

  function land() {
    const f = DENSITIES[state.density];
    const heights = Float64Array.from({ length: columns * rows }, (_, k) =>
      f(at(k % columns, columns, across), at(Math.floor(k / columns), rows, up))[0]);
    const most = heights.reduce((a, b) => Math.max(a, b));
    plane.draw("levels", state.levels.map((level) => contour(heights, columns, level + most,
      (j, i) => [plane.X(at(j, columns, across)), plane.Y(at(i, rows, up))])).join(""));
    const title = names[state.density];
    plane.part("title").textContent = title;
    dress(plane.svg, { "aria-label": title });
  }

  function run() {
    runs = { walk: walk(state, notches[steps.walk], seed), roll: roll(state, notches[steps.roll], seed) };
    draw();
  }

  function draw() {
    const prices = { walk: 1, roll: leaps }, said = {};
    for (const [name, price] of Object.entries(prices)) {
      const count = Math.floor(shown / price);
      const states = runs[name].states.slice(0, count + 1), accepted = runs[name].accepted.slice(0, count);
      plane.line(name, states);
      plane.dot(`${name}-now`, states.at(-1));
      if (name === "walk") chart.line("walk-trace", states.map(([x], n) => [n, x]));
      else chart.draw("roll-trace", states.map(([x], n) => `M${spot(chart, n * price, x)}h0`).join(""));
      const share = accepted.filter(Boolean).length / Math.max(accepted.length, 1);
      const value = accepted.length < 20 ? "" : `, worth ${worth({ states, accepted }).toFixed(0)} independent draws`;
      said[name] = accepted.length ? `${accepted.length} draws, ${Math.round(100 * share)} % accepted${value}` : "no draw yet";
    }
    view.say([
      `After ${shown} evaluations each:`,
      `random walk with step ${notches[steps.walk]}: ${said.walk}.`,
      `HMC with ${leaps} leaps of ${notches[steps.roll]}: ${said.roll}.`,
    ].join("\n"));
  }

  function pause() {
    if (stop) stop();
    stop = null;
    if (play) play.textContent = "Play";
  }
  function toggle() {
    if (stop) return pause();
    play.textContent = "Pause";
    if (shown === evaluations) shown = 0;
    let frames = 0;
    stop = view.animate(() => {
      if (frames++ % 2) return;
      shown = Math.min(evaluations, shown + leaps);
      count.set(shown);
      draw();
      if (shown === evaluations) pause();
    });
  }

  view.choice("Density", names, state.density, (key) => ((state.density = key), land(), run()));
  const format = (k) => String(notches[k]);
  view.slider(
    "Step of the walk", { min: 0, max: notches.length - 1, step: 1, value: steps.walk, format },
    (k) => ((steps.walk = k), run()));
  view.slider(
    "Leap of HMC", { min: 0, max: notches.length - 1, step: 1, value: steps.roll, format },
    (k) => ((steps.roll = k), run()));
  const count = view.slider(
    "Evaluations", { min: 0, max: evaluations, step: leaps, value: shown },
    (k) => (pause(), (shown = k), draw()));
  const actions = { "Other draws": () => (seed++, run()) };
  if (!reducedMotion()) actions["Play"] = toggle;
  const play = view.buttons(actions, 1)[1];
  land();
  run();
});
