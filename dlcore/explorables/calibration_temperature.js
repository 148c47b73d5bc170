// Probabilities against how often they come true; twin of calibration_temperature.py.

// As they travel: hundredths below the largest logit, row by row.
function examplesOf(buffer, { classes, labels, right }) {
  const numbers = new Int16Array(buffer);
  return labels.map((label, n) => ({
    gaps: Array.from(numbers.slice(n * classes, (n + 1) * classes), (v) => v / 100), label, right: +right[n],
  }));
}

// The probability of each best class, and the mean negative log-likelihood.
function claims(examples, temperature) {
  let loss = 0;
  const confidence = examples.map(({ gaps, label }) => {
    const total = gaps.reduce((sum, gap) => sum + Math.exp(gap / temperature), 0);
    loss += Math.log(total) - gaps[label] / temperature;
    return 1 / total;
  });
  return { confidence, loss: loss / examples.length };
}

// Bins of equal width, closed on the right; the empty ones are left out.
function binned(confidence, examples, bins) {
  const sums = Array.from({ length: bins }, (_, where) => ({ where, confidence: 0, accuracy: 0, count: 0 }));
  confidence.forEach((p, n) => {
    const bin = sums[Math.max(0, Math.min(bins - 1, Math.ceil(p * bins) - 1))];
    bin.confidence += p;
    bin.accuracy += examples[n].right;
    bin.count++;
  });
  return sums.filter((bin) => bin.count).map((bin) =>
    ({ ...bin, confidence: bin.confidence / bin.count, accuracy: bin.accuracy / bin.count }));
}

function calibrationError(found) {
  const n = found.reduce((sum, bin) => sum + bin.count, 0);
  return found.reduce((sum, bin) => sum + bin.count * Math.abs(bin.confidence - bin.accuracy), 0) / n;
}

const temperatureAt = (k, { notches, decade }) => 10 ** ((k - notches / 2) / decade);

explorable("calibration_temperature", (view, state) => {
  const diagram = view.panel(0), histogram = view.panel(1), errors = view.panel(2), losses = view.panel(3);
  const { notches } = state, T = (k) => temperatureAt(k, state), f = (v) => v.toFixed(1);
  let all = null, best = 0;

  // At each temperature, once.
  const load = () => (all = all || unpack(state.packed).then((buffer) => {
    const examples = examplesOf(buffer, state);
    const each = Array.from({ length: notches + 1 }, (_, k) => claims(examples, T(k)));
    best = each.reduce((low, { loss }, k) => (loss < each[low].loss ? k : low), 0);
    return { examples, each };
  }));

  function bar(panel, { where }, height) {
    const a = panel.X(where / state.bins), b = panel.X((where + 1) / state.bins), floor = panel.Y(0);
    return `M${f(a)},${floor}V${f(panel.Y(height))}H${f(b)}V${floor}z`;
  }

  async function draw() {
    const { examples, each } = await load(), { notch, bins } = state, n = examples.length;
    const { confidence, loss } = each[notch], found = binned(confidence, examples, bins);
    const sure = confidence.reduce((sum, p) => sum + p, 0) / n;
    diagram.draw("bars", found.map((bin) => bar(diagram, bin, bin.accuracy)).join(""));
    diagram.draw("gaps", found.map((bin) =>
      `M${f(diagram.X(bin.confidence))},${f(diagram.Y(bin.accuracy))}V${f(diagram.Y(bin.confidence))}`).join(""));
    histogram.draw("bars", found.map((bin) => bar(histogram, bin, bin.count / n)).join(""));
    histogram.line("mean", [[sure, 0], [sure, 1]]);
    const curve = each.map((at, k) => [Math.log10(T(k)), calibrationError(binned(at.confidence, examples, bins))]);
    errors.line("curve", curve);
    errors.dot("now", curve[notch]);
    losses.dot("now", [curve[notch][0], loss]);
    const right = examples.reduce((sum, example) => sum + example.right, 0) / n;
    view.say([
      `Temperature ${+T(notch).toPrecision(3)}: ${(100 * sure).toFixed(1)} % sure on average, right in ${(100 * right).toFixed(1)} %.`,
      `Calibration error ${curve[notch][1].toFixed(3)} with ${bins} bins, ${curve[best][1].toFixed(3)} at the best temperature.`,
      `Loss (negative log-likelihood) ${loss.toFixed(3)}, lowest at ${+T(best).toPrecision(2)} with ${each[best].loss.toFixed(3)}.`,
    ].join("\n"));
  }

  const temperatures = view.slider(
    "Temperature", { min: 0, max: notches, step: 1, value: state.notch, format: (k) => String(+T(k).toPrecision(3)) },
    (notch) => ((state.notch = notch), draw()));
  view.slider(
    "Bins", { min: state.fewest, max: state.most, step: 1, value: state.bins },
    (bins) => ((state.bins = bins), draw()));
  const go = (notch) => {
    state.notch = notch;
    temperatures.set(notch);
    draw();
  };
  view.buttons({ "T = 1": () => go(notches / 2), "Lowest loss": () => load().then(() => go(best)) }, 1);
  draw();
});
