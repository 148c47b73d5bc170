// One threshold, two curves and the prevalence; twin of threshold_curves.py.

const [FINE, BINS, EXAMPLES] = [0.01, 30, 10000];

// The chance that a standard normal number exceeds t, to seven digits (Chebyshev fit of erfc).
function tail(t) {
  const z = Math.abs(t) / Math.SQRT2, u = 1 / (1 + z / 2);
  const fit = [0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223];
  const half = (u * Math.exp(fit.reduce((sum, c) => sum * u + c) - z * z)) / 2;
  return t < 0 ? 1 - half : half;
}

// Falling; null instead of scores means a normal distribution.
function fallingThresholds({ positive, negative, low, high }) {
  if (positive) return [...new Set([...positive, ...negative])].sort((a, b) => b - a);
  return Array.from({ length: Math.round((high - low + 4) / FINE) + 1 }, (_, k) => high + 2 - FINE * k);
}

function shareAbove(t, scores, center) {
  return scores ? scores.filter((s) => s >= t).length / scores.length : tail(t - center);
}

// [false-positive rate, true-positive rate] at each threshold, after [0, 0].
const ratesOf = (state) => [[0, 0], ...fallingThresholds(state).map((t) =>
  [shareAbove(t, state.negative, 0), shareAbove(t, state.positive, state.separation)])];

function precisionAt([fpr, tpr], prevalence) {
  const right = prevalence * tpr, wrong = (1 - prevalence) * fpr;
  return right + wrong > 0 ? right / (right + wrong) : 1;
}

// Area under the ROC curve by trapezoids, average precision by steps.
function areasOf(rates, prevalence) {
  const all = [...rates, [1, 1]];
  const area = all.slice(1).reduce((sum, [x, y], k) => sum + ((x - all[k][0]) * (y + all[k][1])) / 2, 0);
  const mean = rates.slice(1).reduce((sum, rate, k) => sum + (rate[1] - rates[k][1]) * precisionAt(rate, prevalence), 0);
  return [area, mean];
}

function confusionOf([fpr, tpr], prevalence) {
  const positive = Math.round(EXAMPLES * prevalence);
  const found = Math.round(positive * tpr), alarmed = Math.round((EXAMPLES - positive) * fpr);
  return [[EXAMPLES - positive - alarmed, alarmed], [positive - found, found]];
}

// The density or the histogram of a class.
function outline(scores, center, low, high) {
  if (!scores)
    return Array.from({ length: 101 }, (_, k) => low + (k * (high - low)) / 100).map((x) => [x, Math.exp(-((x - center) ** 2) / 2)]);
  const counts = new Array(BINS).fill(0), edge = (k) => low + (k * (high - low)) / BINS;
  for (const s of scores) counts[Math.min(BINS - 1, Math.floor(((s - low) / (high - low)) * BINS))]++;
  const steps = counts.flatMap((n, k) => [[edge(k), n / scores.length], [edge(k + 1), n / scores.length]]);
  return [[low, 0], ...steps, [high, 0]];
}

// Without the points that lie within a unit of the last one.
function thinned(points) {
  const kept = [];
  points.forEach((p, k) => {
    const last = kept.at(-1);
    if (!last || k === points.length - 1 || Math.abs(p[0] - last[0]) > 1 || Math.abs(p[1] - last[1]) > 1) kept.push(p);
  });
  return kept;
}

const percent = (p) => `${+(100 * p).toPrecision(3)} %`;

explorable("threshold_curves", (view, state) => {
  const classes = view.panel(0), roc = view.panel(1), curve = view.panel(2), matrix = view.panel(3);
  const { low, high, notches, prevalences } = state;
  let rates = ratesOf(state);
  const draws = (panel, points) => panel.draw("curve", polyline(thinned(points.map(([x, y]) => [panel.X(x), panel.Y(y)]))));

  function draw() {
    const { threshold: t, prevalence: p, separation, positive, negative } = state;
    const now = [shareAbove(t, negative, 0), shareAbove(t, positive, separation)];
    const shapes = [[p, outline(positive, separation, low, high)], [1 - p, outline(negative, 0, low, high)]];
    const top = Math.max(...shapes.map(([share, points]) => share * Math.max(...points.map(([, y]) => y))));
    ["positive", "negative"].forEach((part, k) => {
      const [share, points] = shapes[k];
      classes.line(part, points.map(([x, y]) => [x, (share * y) / top]));
    });
    classes.line("threshold", [[t, 0], [t, 1.1]]);
    draws(roc, rates);
    draws(curve, rates.map((rate, k) => [rate[1], k ? precisionAt(rate, p) : 1]));
    curve.line("chance", [[0, p], [1, p]]);
    const [fpr, tpr] = now, precision = precisionAt(now, p), [area, mean] = areasOf(rates, p);
    roc.dot("now", now);
    curve.dot("now", [tpr, precision]);
    const counts = confusionOf(now, p);
    counts.forEach((row, r) => row.forEach((n, c) => (matrix.part(`count${r}${c}`).textContent = n.toLocaleString("en"))));
    view.say([
      `Threshold ${(+t.toPrecision(3) + 0).toString().replace("-", "−")}, ${percent(p)} positive: recall ${percent(tpr)}, false-positive rate ${percent(fpr)}, precision ${percent(precision)}.`,
      `Of ${EXAMPLES.toLocaleString("en")} examples ${counts[1][1].toLocaleString("en")} are found, ${counts[1][0].toLocaleString("en")} missed, ${counts[0][1].toLocaleString("en")} false alarms.`,
      `Area under ROC ${area.toFixed(3)}; average precision ${mean.toFixed(3)}, by chance ${+p.toPrecision(3)}.`,
    ].join("\n"));
  }

  const notch = (t) => Math.round(((t - low) / (high - low)) * notches);
  const place = (k) => +(low + (k / notches) * (high - low)).toPrecision(4);
  const set = (change) => (Object.assign(state, change), draw());
  const thresholds = view.slider(
    "Threshold", { min: 0, max: notches, step: 1, value: notch(state.threshold), format: (k) => String(place(k)).replace("-", "−") },
    (k) => set({ threshold: place(k) }));
  view.slider(
    "Prevalence", { min: 0, max: prevalences.length - 1, step: 1, value: prevalences.indexOf(state.prevalence), format: (k) => `${percent(prevalences[k])} positive` },
    (k) => set({ prevalence: prevalences[k] }));
  if (!state.positive)
    view.slider(
      "Separation", { min: 0, max: state.reach, step: 0.1, value: state.separation, format: (v) => v.toFixed(1) },
      (separation) => {
        Object.assign(state, { separation });
        rates = ratesOf(state);
        draw();
      });
  drag(classes, ([x]) => {
    const k = notch(Math.max(low, Math.min(high, x)));
    thresholds.set(k);
    set({ threshold: place(k) });
  });
  draw();
});
