// The best denoiser of a mixture in the plane; twin of denoising_field.py.

// A shape is {xy: hundredths of the centres, width: deviation of each Gaussian}.
const centersOf = ({ xy }) => Array.from({ length: xy.length / 2 }, (_, k) => [xy[2 * k] / 100, xy[2 * k + 1] / 100]);

// The mean of the clean points given a noisy one.
function denoised({ centers, width }, [x, y], sigma) {
  const variance = width ** 2 + sigma ** 2;
  const squares = centers.map(([a, b]) => (x - a) ** 2 + (y - b) ** 2), least = Math.min(...squares);
  let total = 0, mean = [0, 0];
  squares.forEach((square, k) => {
    const weight = Math.exp((least - square) / (2 * variance));
    total += weight;
    mean = [mean[0] + weight * centers[k][0], mean[1] + weight * centers[k][1]];
  });
  const kept = width ** 2 / variance;
  return [x, y].map((v, k) => (1 - kept) * (mean[k] / total) + kept * v);
}

// From sigma down to the least one, by the same factor at each step.
function falling(sigma, least, times) {
  const end = Math.min(sigma, least);
  return Array.from({ length: times }, (_, k) => sigma * (end / sigma) ** (k / (times - 1)));
}

// The places of a point that is denoised with one sigma after the other, the start first.
const follow = (shape, start, sigmas) => sigmas.reduce((path, sigma) => [...path, denoised(shape, path.at(-1), sigma)], [start]);

const distance = ({ centers }, [x, y]) => Math.min(...centers.map(([a, b]) => Math.hypot(x - a, y - b)));

// Where the arrows begin.
function gridOf({ grid: [columns, rows], spacing }) {
  const at = (k, n) => spacing * (k - (n - 1) / 2);
  return Array.from({ length: columns * rows }, (_, n) => [at(n % columns, columns), at(Math.floor(n / columns), rows)]);
}

explorable("denoising_field", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), tails = gridOf(state);
  const known = Object.fromEntries(Object.entries(state.shapes).map(([name, shape]) => [name, { ...shape, centers: centersOf(shape) }]));
  const number = (v) => (Math.abs(v) < 0.005 ? "0.00" : v.toFixed(2).replace("-", "−"));
  const pair = (place) => place.map(number).join(", ");
  let shown = state.times, stop = null;

  function draw() {
    const { sigma, start, times } = state, shape = known[state.shape];
    plane.draw("data", shape.centers.map(([x, y]) => `M${plane.X(x).toFixed(1)},${plane.Y(y).toFixed(1)}h0`).join(""));
    plane.draw("arrows", tails.map((tail) => {
      const to = denoised(shape, tail, sigma);
      return needle(plane, tail, to.map((v, k) => v - tail[k]), state.longest);
    }).join(""));
    const paths = { same: follow(shape, start, Array(times).fill(sigma)), fall: follow(shape, start, falling(sigma, state.least, times)) };
    const away = {};
    for (const [name, whole] of Object.entries(paths)) {
      const path = whole.slice(0, shown + 1), each = path.map((place) => distance(shape, place));
      plane.line(name, path);
      plane.dot(`${name}-end`, path.at(-1));
      chart.line(`${name}-away`, each.map((v, k) => [k, v]));
      away[name] = each.at(-1);
    }
    knob.set(...start);
    const once = denoised(shape, start, sigma), arrow = once.map((v, k) => v - start[k]);
    view.say([
      `σ = ${number(sigma)} at ${pair(start)}: the denoiser answers ${pair(once)}, ${number(distance(shape, once))} from the data.`,
      `The arrow is ${pair(arrow)}; divided by σ², the slope of the log density of the noisy points, ${pair(arrow.map((v) => v / sigma ** 2))}.`,
      `Denoised ${shown} times with the same σ it is ${number(away.same)} from the data, with falling σ ${number(away.fall)}.`,
    ].join("\n"));
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
      if (frames++ % 6) return;
      count.set(shown);
      draw();
      if (shown === state.times) return pause();
      shown++;
    });
  }

  const knob = handle(plane, "start", {
    label: "The noisy point", value: state.start, step: 0.1,
    moved: (x, y) => ((state.start = [snap(x, 0.05, state.limit[0]), snap(y, 0.05, state.limit[1])]), draw()),
    describe: (x, y) => pair([x, y]),
  });
  view.choice("Data", state.names, state.shape, (shape) => ((state.shape = shape), draw()));
  view.slider(
    "Noise σ", { min: state.least, max: state.most, step: 0.05, value: state.sigma, format: number },
    (sigma) => ((state.sigma = sigma), draw()));
  const count = view.slider(
    "Times denoised", { min: 0, max: state.times, step: 1, value: shown },
    (times) => (pause(), (shown = times), draw()));
  const play = reducedMotion() ? null : view.buttons({ "Play": toggle }, 0)[0];
  draw();
});
