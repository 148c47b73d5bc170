// Which of many overlapping boxes are kept; twin of box_suppression.py. Kept boxes are [number, score].

const [LEAST_SCORE, MATCH] = [0.001, 0.5];

// Intersection over union of [x1, y1, x2, y2].
function overlap(a, b) {
  const [w, h] = [0, 1].map((k) => Math.max(0, Math.min(a[k + 2], b[k + 2]) - Math.max(a[k], b[k])));
  const area = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1), union = area(a) + area(b) - w * h;
  return union > 0 ? (w * h) / union : 0;
}

function survivors({ boxes, scores, method, floor, threshold, sigma }) {
  let left = scores.map((score, k) => [k, score]).filter(([, score]) => score >= floor);
  const kept = [];
  while (left.length) {
    const best = left.reduce((a, b) => (b[1] > a[1] ? b : a)), iou = ([k]) => overlap(boxes[best[0]], boxes[k]);
    kept.push(best);
    left = left.filter((other) => other !== best);
    if (method === "NMS") left = left.filter((other) => iou(other) <= threshold);
    if (method === "soft-NMS")
      left = left.map((other) => [other[0], other[1] * Math.exp(-(iou(other) ** 2) / sigma)])
        .filter(([, score]) => score >= Math.max(floor, LEAST_SCORE));
  }
  return kept;
}

// Which of the kept boxes find an object that no better one has found.
function matched(boxes, kept, objects, least) {
  const free = [...objects];
  return kept.map(([k]) => {
    const ious = free.map((object) => overlap(boxes[k], object)), most = Math.max(...ious);
    if (!(most >= least)) return false;
    free.splice(ious.indexOf(most), 1);
    return true;
  });
}

// [recall, precision] after each box.
const stepsOf = (right, objects) => right.map((_, k) => {
  const found = right.slice(0, k + 1).filter(Boolean).length;
  return [found / objects, found / (k + 1)];
});

// With precision made to fall.
function averagePrecision(right, objects) {
  const heights = stepsOf(right, objects).map(([, precision]) => precision);
  return right.reduce((sum, found, k) => sum + (found ? Math.max(...heights.slice(k)) : 0), 0) / objects;
}

explorable("box_suppression", (view, state) => {
  const before = view.panel(0), after = view.panel(1), curve = view.panel(2), worth = view.panel(3);
  const { boxes, scores, objects, height, notches } = state;

  function outline(panel, [x1, y1, x2, y2]) {
    const [left, right] = [x1, x2].map((x) => panel.X(x).toFixed(1));
    const [top, bottom] = [y1, y2].map((y) => panel.Y(height - y).toFixed(1));
    return `M${left},${top}H${right}V${bottom}H${left}z`;
  }

  function judged(change) {
    const kept = survivors({ ...state, ...change }), right = matched(boxes, kept, objects, MATCH);
    return { kept, right, mean: averagePrecision(right, objects.length) };
  }

  function draw() {
    const { method, floor, threshold, sigma } = state, { kept, right, mean } = judged({});
    const all = (panel, which) => which.map((k) => outline(panel, boxes[k])).join("");
    const numbers = [...scores.keys()], taken = (ok) => kept.filter((_, k) => right[k] === ok).map(([k]) => k);
    before.draw("above", all(before, numbers.filter((k) => scores[k] >= floor)));
    before.draw("below", all(before, numbers.filter((k) => scores[k] < floor)));
    after.draw("right", all(after, taken(true)));
    after.draw("wrong", all(after, taken(false)));
    const steps = stepsOf(right, objects.length);
    curve.line("curve", steps);
    curve.draw("dots", steps.map(([x, y]) => `M${curve.X(x).toFixed(1)},${curve.Y(y).toFixed(1)}h0`).join(""));
    const at = Array.from({ length: notches + 1 }, (_, k) => k / notches);
    worth.line("NMS", at.map((t) => [t, judged({ method: "NMS", threshold: t }).mean]));
    for (const name of ["soft-NMS", "none"]) {
      const level = judged({ method: name }).mean;
      worth.line(name, [[0, level], [1, level]]);
    }
    worth.dot("now", [threshold, mean]);
    const rule = { "none": "no suppression", "NMS": `NMS at overlap ${threshold}`, "soft-NMS": `soft-NMS with σ = ${sigma}` }[method];
    const found = right.filter(Boolean).length;
    const strict = Array.from({ length: 10 }, (_, k) => averagePrecision(matched(boxes, kept, objects, (10 + k) / 20), objects.length));
    view.say([
      `Score threshold ${floor}, ${rule}: ${kept.length} of ${boxes.length} boxes are kept.`,
      `${found} of ${objects.length} objects are found; ${kept.length - found} boxes are wrong or double.`,
      `Average precision ${mean.toFixed(2)}; where a match needs an overlap of 0.75, ${strict[5].toFixed(2)}; mean from 0.5 to 0.95, ${(strict.reduce((a, b) => a + b) / 10).toFixed(2)}.`,
    ].join("\n"));
  }

  const set = (change) => (Object.assign(state, change), draw());
  view.choice(
    "Suppression", Object.fromEntries(state.methods.map((name) => [name, name])), state.method,
    (method) => set({ method }));
  view.slider(
    "Overlap threshold", { min: 0, max: notches, step: 1, value: state.threshold * notches, format: (k) => String(k / notches) },
    (k) => set({ threshold: k / notches }));
  view.slider(
    "Score threshold", { min: 0, max: 1, step: 0.01, value: state.floor },
    (floor) => set({ floor }));
  view.slider(
    "σ of soft-NMS", { min: 0.05, max: 1, step: 0.05, value: state.sigma },
    (sigma) => set({ sigma }));
  draw();
});
