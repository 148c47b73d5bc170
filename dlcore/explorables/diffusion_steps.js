// Diffusion in the plane; twin of diffusion_steps.py.

const pairsOf = (numbers, unit) => Array.from({ length: numbers.length / 2 }, (_, k) => [numbers[2 * k] * unit, numbers[2 * k + 1] * unit]);

// The slope of the log density of the noisy data, and that density but for a factor.
function scoreOf(centers, width, left, [x, y]) {
  const variance = left * width * width + 1 - left, shrink = Math.sqrt(left);
  const squares = centers.map(([a, b]) => (x - shrink * a) ** 2 + (y - shrink * b) ** 2);
  const least = squares.reduce((a, b) => Math.min(a, b));
  let total = 0, u = 0, v = 0;
  squares.forEach((square, k) => {
    const weight = Math.exp((least - square) / (2 * variance));
    total += weight;
    u += weight * shrink * centers[k][0];
    v += weight * shrink * centers[k][1];
  });
  const density = (total / centers.length) * Math.exp(-least / (2 * variance)) / variance;
  return { slope: [(u / total - x) / variance, (v / total - y) / variance], density };
}

// The mean of the data that may have become the place.
const cleanAt = (centers, width, left, place) => {
  const { slope } = scoreOf(centers, width, left, place);
  return place.map((v, k) => (v + (1 - left) * slope[k]) / Math.sqrt(left));
};

// Noise added step by step; the first of the draws spread the data by the width. Keeps the shown steps.
function forwardChain(centers, left, width, times) {
  const n = centers.length, draws = normals(0, 2 * n * left.length);
  const draw = (t, k) => [draws[2 * (t * n + k)], draws[2 * (t * n + k) + 1]];
  let points = centers.map(([x, y], k) => [x + width * draw(0, k)[0], y + width * draw(0, k)[1]]);
  const frames = [points];
  for (let t = 1; t < left.length; t++) {
    const kept = left[t] / left[t - 1], a = Math.sqrt(kept), s = Math.sqrt(1 - kept);
    points = points.map(([x, y], k) => [a * x + s * draw(t, k)[0], a * y + s * draw(t, k)[1]]);
    if (times.includes(t)) frames.push(points);
  }
  return frames;
}

// The unpacked trajectories, at the shown steps, and the network's arrows.
function pathsOf(buffer, { counts, times, unit, grid: [columns, rows], network }) {
  const numbers = new Int16Array(buffer);
  let from = 0;
  const take = (n) => times.map(() => pairsOf(numbers.subarray(from, (from += 2 * n)), unit));
  return { paths: counts.map(take), arrows: network ? take(columns * rows) : null };
}

// Where the arrows begin.
function tailsOf({ grid: [columns, rows], reach }) {
  const at = (k, n, most) => (most * (2 * k + 1 - n)) / n;
  return Array.from({ length: columns * rows }, (_, k) => [at(k % columns, columns, reach[0]), at(Math.floor(k / columns), rows, reach[1])]);
}

const distance = (points, centers) => points.reduce((sum, [x, y]) =>
  sum + centers.reduce((least, [a, b]) => Math.min(least, Math.hypot(x - a, y - b)), Infinity), 0) / points.length;

explorable("diffusion_steps", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), { names, times, left, width, reach } = state, T = left.length - 1;
  const centers = pairsOf(state.xy, 0.01), tails = tailsOf(state), last = times.length - 1;
  const forward = forwardChain(centers, left, width, times);
  const number = (v) => (Math.abs(v) < 0.005 ? 0 : v).toFixed(2).replace("-", "−"), pair = (place) => place.map(number).join(", ");
  let way = 0, shown = state.shown, trained = false, stop = null, loaded = null;

  const spots = (points) => points.map(([x, y]) => `M${plane.X(x).toFixed(1)},${plane.Y(y).toFixed(1)}h0`).join("");

  function draw() {
    const t = times[shown], kept = left[t], at = state.place, sure = (place) => scoreOf(centers, width, kept, place);
    const points = way ? loaded && loaded.paths[way - 1][shown] : forward[shown];
    const exact = tails.map(sure), arrows = exact.map(({ slope }) => slope.map((v) => (1 - kept) * v));
    const told = loaded && loaded.arrows && loaded.arrows[shown];
    plane.draw("arrows", tails.map((tail, k) => needle(plane, tail, (trained && told ? told : arrows)[k], state.longest)).join(""));
    plane.draw("points", points ? spots(points) : "");
    const to = cleanAt(centers, width, kept, at);
    plane.line("link", [at, to]);
    plane.draw("clean", `M${(plane.X(to[0]) - 5).toFixed(1)},${(plane.Y(to[1]) - 5).toFixed(1)}l10,10m0,-10l-10,10`);
    knob.set(...at);
    chart.line("now", [[t, chart.range[2]], [t, chart.range[3]]]);
    const title = `${names[way]}, t = ${t} of ${T}`;
    plane.part("title").textContent = title;
    dress(plane.svg, { "aria-label": title });
    const words = [
      `${title}: ᾱ = ${kept.toFixed(3)}; data are shrunk to ${number(Math.sqrt(kept))}, noise has deviation ${number(Math.sqrt(1 - kept))}.`,
      points ? `The points lie ${number(distance(points, centers))} from the data on average.` : " ",
      `At ${pair(at)} the score is ${pair(sure(at).slope)}; the mean of the clean data is ${pair(to)}.`,
    ];
    if (trained && told) {
      const total = exact.reduce((sum, { density }) => sum + density, 0);
      const mean = (f) => exact.reduce((sum, { density }, k) => sum + density * f(k), 0) / total;
      words.push(`Weighted by density, the network's arrows are ${number(mean((k) => Math.hypot(...told[k].map((v, i) => v - arrows[k][i]))))} off, the exact ones ${number(mean((k) => Math.hypot(...arrows[k])))} long.`);
    }
    view.say(words.join("\n"));
  }

  function pause() {
    if (stop) stop();
    stop = null;
    if (play) play.textContent = "Play";
  }
  function show(k) {
    shown = Math.max(0, Math.min(last, k));
    slider.set(shown);
    draw();
  }
  function toggle() {
    if (stop) return pause();
    const step = way ? -1 : 1, end = way ? 0 : last;
    play.textContent = "Pause";
    if (shown === end) show(last - end);
    let frames = 0;
    stop = view.animate(() => {
      if (frames++ % 12) return;
      show(shown + step);
      if (shown === end) pause();
    });
  }

  const knob = handle(plane, "place", {
    label: "The place asked about", value: state.place, step: 0.1,
    moved: (x, y) => ((state.place = [snap(x, 0.05, reach[0]), snap(y, 0.05, reach[1])]), draw()),
    describe: (x, y) => pair([x, y]),
  });
  view.choice("Way", { ...names }, way, (k) => (pause(), (way = +k), draw()));
  const slider = view.slider(
    "Step", { min: 0, max: last, step: 1, value: shown, format: (k) => `t = ${times[k]}` },
    (k) => (pause(), show(k)));
  if (state.network) view.toggle("Arrows of the network", trained, (on) => ((trained = on), draw()));
  const play = reducedMotion() ? null : view.buttons({ "Play": toggle }, 0)[0];
  draw();
  unpack(state.packed).then((buffer) => ((loaded = pathsOf(buffer, state)), draw()));
});
