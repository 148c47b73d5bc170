// A plane coloured by a classifier; the twin of plane.py.

// The places where it is asked: rows from the bottom up, in data units; the panel is wider than
// high, and the cells are squares.
const [COLUMNS, ROWS, X_REACH, Y_REACH] = [80, 50, 2, 1.25];
const at = (k, count, reach) => reach * ((2 * k) / (count - 1) - 1);
const GRID = Float64Array.from({ length: 2 * COLUMNS * ROWS }, (_, k) => k % 2
  ? at(Math.floor(k / 2 / COLUMNS), ROWS, Y_REACH)
  : at((k / 2) % COLUMNS, COLUMNS, X_REACH));

const levelLine = (values, { X, Y }, level = 0) => contour(values, COLUMNS, level,
  (j, i) => [X(at(j, COLUMNS, X_REACH)), Y(at(i, ROWS, Y_REACH))]);

// Puts a canvas behind the panel; returns what paints it by the probabilities of class 1 on a grid.
function washOver(view, panel, [columns, rows] = [COLUMNS, ROWS]) {
  const canvas = element("canvas", { width: columns, height: rows, class: "dlx-wash", "aria-hidden": "true" });
  const tall = panel.svg.viewBox.baseVal.height, share = (v) => `${(100 * v) / tall}%`;
  Object.assign(canvas.style, { top: share(TOP), height: share(tall - TOP - BELOW) });
  const holder = element("div", { class: "dlx-plane" });
  panel.svg.before(holder);
  holder.append(canvas, panel.svg);
  panel.svg.querySelectorAll('[data-part="wash"]').forEach((part) => part.remove());
  const color = (name) => {
    const hex = getComputedStyle(view.root).getPropertyValue(`--dlx-${name}`).trim();
    return [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  };
  return (probabilities) => {
    const context = canvas.getContext("2d"), image = context.createImageData(columns, rows);
    const tones = [color("blue"), color("gold")];
    probabilities.forEach((p, k) => {
      const row = rows - 1 - Math.floor(k / columns);
      const pixel = 4 * (row * columns + (k % columns));
      image.data.set(tones[+(p > 0.5)], pixel);
      image.data[pixel + 3] = 20 + 85 * Math.abs(2 * p - 1);
    });
    context.putImageData(image, 0, 0);
  };
}
