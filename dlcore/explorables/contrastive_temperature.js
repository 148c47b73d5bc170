// Which negatives push, and how hard; twin of contrastive_temperature.py.

// The cosines of all views; a view's partner is half the number of views away.
function cosinesOf(buffer, { views, dimensions, step }) {
  const numbers = Float64Array.from(new Int16Array(buffer), (v) => v * step);
  const rows = Array.from({ length: views }, (_, k) => numbers.subarray(k * dimensions, (k + 1) * dimensions));
  return rows.map((a) => Float64Array.from(rows, (b) => a.reduce((sum, v, k) => sum + v * b[k], 0)));
}

const partnerOf = (i, views) => (i + views / 2) % views;

// Of one anchor: the softmax inside of the loss.
function weights(row, i, tau) {
  const others = row.filter((_, k) => k !== i), most = Math.max(...others);
  const each = row.map((s, k) => (k === i ? 0 : Math.exp((s - most) / tau)));
  const total = each.reduce((sum, v) => sum + v, 0);
  return each.map((v) => v / total);
}

// How the push is divided among the negatives of an anchor.
function shares(row, i, tau) {
  const partner = partnerOf(i, row.length);
  const pushed = weights(row, i, tau).map((w, k) => (k === partner ? 0 : w));
  const total = pushed.reduce((sum, w) => sum + w, 0);
  return pushed.map((w) => w / total);
}

// Means over anchors of what a temperature makes of their cosines.
function push(cosines, labels, anchors, tau) {
  const views = cosines.length, tenth = Math.max(1, Math.floor((views - 2) / 10));
  const mean = { nearest: 0, same: 0, many: 0, force: 0, loss: 0 };
  const add = (name, v) => (mean[name] += v / anchors.length);
  for (const i of anchors) {
    const share = shares(cosines[i], i, tau), partner = weights(cosines[i], i, tau)[partnerOf(i, views)];
    const alike = share.map((v, k) => (labels[k % labels.length] === labels[i % labels.length] ? v : 0));
    add("nearest", [...share].sort((a, b) => b - a).slice(0, tenth).reduce((sum, v) => sum + v, 0));
    add("same", alike.reduce((sum, v) => sum + v, 0));
    add("many", Math.exp(share.reduce((sum, v) => sum - (v ? v * Math.log(v) : 0), 0)));
    add("force", (1 - partner) / tau);
    add("loss", -Math.log(partner));
  }
  return mean;
}

// Shares by cosine in bins from −1 to 1: of other classes, and of the same; shareOf(i) gives those of an anchor.
function histogram(cosines, labels, anchors, bins, shareOf) {
  const each = [new Float64Array(bins), new Float64Array(bins)];
  for (const i of anchors)
    shareOf(i).forEach((v, k) => {
      const bin = Math.max(0, Math.min(bins - 1, Math.floor(((cosines[i][k] + 1) * bins) / 2)));
      each[+(labels[k % labels.length] === labels[i % labels.length])][bin] += v / anchors.length;
    });
  return each;
}

explorable("contrastive_temperature", (view, state) => {
  const who = view.panel(0), course = view.panel(1), { labels, taus, bins, views } = state;
  const everyone = Array.from({ length: views }, (_, i) => i), known = {}, logs = taus.map(Math.log10);
  const loaded = unpack(state.packed).then((buffer) => cosinesOf(buffer, state));
  const percent = (v) => `${Math.round(100 * v)} %`, even = (i) =>
    everyone.map((k) => (k === i || k === partnerOf(i, views) ? 0 : 1 / (views - 2)));
  let anchor = 0;

  const bars = (heights, base) => Array.from(heights, (h, k) => {
    const x = who.X(-1 + (2 * k) / bins) + 0.7, y = who.Y(base[k]), top = who.Y(base[k] + h);
    const wide = who.X(2 / bins) - who.X(0) - 1.5;
    return y - top > 0.05 ? `M${x.toFixed(1)},${y.toFixed(1)}V${top.toFixed(1)}h${wide.toFixed(1)}V${y.toFixed(1)}z` : "";
  }).join("");

  async function draw() {
    const cosines = await loaded, tau = taus[state.at], anchors = anchor ? [anchor - 1] : everyone;
    known[anchor] = known[anchor] || taus.map((each) => push(cosines, labels, anchors, each));
    const all = known[anchor], here = all[state.at];
    const [others, same] = histogram(cosines, labels, anchors, bins, (i) => shares(cosines[i], i, tau));
    const uniform = histogram(cosines, labels, anchors, bins, even);
    const alike = uniform[1].reduce((sum, v) => sum + v, 0);
    who.draw("others", bars(others, new Float64Array(bins)));
    who.draw("same", bars(same, others));
    who.line("even", Array.from(uniform[0], (v, k) => [0, 1].map((end) =>
      [-1 + (2 * (k + end)) / bins, v + uniform[1][k]])).flat());
    course.line("now", [[logs[state.at], 0], [logs[state.at], 1]]);
    course.line("alike", [[logs[0], alike], [logs.at(-1), alike]]);
    course.line("nearest", all.map((p, k) => [logs[k], p.nearest]));
    course.line("own", all.map((p, k) => [logs[k], p.same]));
    const whose = anchor ? `anchor ${anchor}, a ${labels[anchor - 1]}` : "all anchors";
    view.say([
      `τ = ${tau}, ${whose}: the nearest tenth of ${views - 2} negatives bears ${percent(here.nearest)} of the push, as if ${here.many.toFixed(here.many < 9.95 ? 1 : 0)} shared it evenly.`,
      `${percent(here.same)} fall on the anchor's own class, which makes up ${percent(alike)} of the negatives.`,
      `All pushes together: ${here.force.toFixed(3)}, as strong as the partner's pull; loss ${here.loss.toFixed(3)}.`,
    ].join("\n"));
  }

  view.slider(
    "Temperature τ", { min: 0, max: taus.length - 1, step: 1, value: state.at, format: (k) => String(taus[k]) },
    (at) => ((state.at = at), draw()));
  view.slider(
    "Anchor", { min: 0, max: labels.length, step: 1, value: 0, format: (k) => (k ? `${k}, a ${labels[k - 1]}` : "all") },
    (k) => ((anchor = k), draw()));
  draw();
});
