// Generator and discriminator at recorded steps; twin of gan_training.py.

// Frame k of the unpacked bytes: probabilities on the grid, points, directions of the arrows.
function frameOf(buffer, { grid: [columns, rows], shown, arrows, reach, longest }, k) {
  const cells = columns * rows, from = k * (cells + 2 * shown + 2 * arrows);
  const signed = new Int8Array(buffer, from + cells, 2 * (shown + arrows));
  const pair = (n, scale) => scale.map((s, axis) => (s * signed[2 * n + axis]) / 127);
  return {
    surface: Float32Array.from(new Uint8Array(buffer, from, cells), (v) => v / 255),
    points: Array.from({ length: shown }, (_, n) => pair(n, reach)),
    slopes: Array.from({ length: arrows }, (_, n) => pair(shown + n, [longest, longest])),
  };
}

explorable("gan_training", (view, state) => {
  const plane = view.panel(0), chart = view.panel(1), { names, steps, modes } = state, last = steps.length - 1;
  const wash = washOver(view, plane, state.grid);
  let regime = 0, shown = last, stop = null, loaded;
  const load = () => (loaded = loaded || unpack(state.packed));

  function paint() {
    const wanted = regime * steps.length + shown;
    load().then((buffer) => {
      if (wanted !== regime * steps.length + shown) return;
      const { surface, points, slopes } = frameOf(buffer, state, wanted);
      wash(surface);
      plane.draw("points", points.map(([x, y]) => `M${plane.X(x).toFixed(1)},${plane.Y(y).toFixed(1)}h0`).join(""));
      plane.draw("slopes", slopes.map((by, n) => needle(plane, points[n], by)).join(""));
    });
  }

  function draw() {
    const from = regime * steps.length, k = from + shown, step = steps[shown];
    const course = (values) => steps.map((t, n) => [t, values[from + n]]);
    chart.line("real", course(state.real));
    chart.line("fake", course(state.fake));
    if (modes) chart.line("modes", course(state.reached.map((v) => v / modes)));
    chart.line("now", [[step, 0], [step, 1]]);
    const title = `${names[regime]}, step ${step}`;
    plane.part("title").textContent = title;
    dress(plane.svg, { "aria-label": title });
    const near = modes ? `; ${state.reached[k]} of ${modes} modes are reached` : "";
    view.say([
      `${names[regime]}, step ${step}${near}.`,
      `The discriminator gives data ${state.real[k].toFixed(2)} on average, generated points ${state.fake[k].toFixed(2)}.`,
      `The slope of log D is ${state.lengths[k]} long on average at the generated points.`,
    ].join("\n"));
    paint();
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
    play.textContent = "Pause";
    if (shown === last) show(0);
    let next = performance.now() + 700;
    stop = view.animate(() => {
      if (performance.now() < next) return;
      next += 700;
      show(shown + 1);
      if (shown === last) pause();
    });
  }

  if (names.length > 1) view.choice("Regime", { ...names }, regime, (k) => ((regime = +k), draw()));
  const slider = view.slider(
    "Step", { min: 0, max: last, step: 1, value: shown, format: (k) => `${steps[k]}` },
    (k) => (pause(), show(k)));
  const moves = { "Back": () => (pause(), show(shown - 1)), "Next": () => (pause(), show(shown + 1)) };
  if (!reducedMotion()) moves["Play"] = toggle;
  const play = view.buttons(moves, 1)[2];
  new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme", "theme"] });
  draw();
});
