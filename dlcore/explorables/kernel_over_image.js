// A kernel slides over an image; twin of kernel_over_image.py.

// Images are {h, w, values}, row by row.
const imageOf = ({ h, w, hex }) =>
  ({ h, w, values: Array.from({ length: h * w }, (_, n) => parseInt(hex.slice(2 * n, 2 * n + 2), 16) / 255) });

function padded({ h, w, values }, p) {
  const H = h + 2 * p, W = w + 2 * p, all = new Array(H * W).fill(0);
  values.forEach((v, n) => (all[(Math.floor(n / w) + p) * W + (n % w) + p] = v));
  return { h: H, w: W, values: all };
}

// The nine pixels under the window whose upper left corner is there.
const under = (image, top, left) =>
  Array.from({ length: 9 }, (_, n) => image.values[(top + Math.floor(n / 3)) * image.w + left + (n % 3)]);

const dot = (a, b) => a.reduce((sum, v, n) => sum + v * b[n], 0);

// Of an image that is padded already.
function crossCorrelate(image, kernel, stride) {
  const h = Math.floor((image.h - 3) / stride) + 1, w = Math.floor((image.w - 3) / stride) + 1;
  const values = Array.from({ length: h * w }, (_, n) =>
    dot(under(image, stride * Math.floor(n / w), stride * (n % w)), kernel));
  return { h, w, values };
}

const seesChanges = (kernel) => Math.abs(kernel.reduce((a, b) => a + b, 0)) < 0.5;

// Grey values in [0, 1].
function shownAs(values, kernel) {
  if (!seesChanges(kernel)) return values.map((v) => Math.max(0, Math.min(1, v)));
  const most = values.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return values.map((v) => 0.5 + v / (2 * most || 1));
}

const shortNumber = (v) => String(+v.toFixed(2) + 0).replace("-", "−");

explorable("kernel_over_image", (view, state) => {
  const before = view.panel(0), products = view.panel(1), after = view.panel(2);
  const images = Object.fromEntries(Object.entries(state.images).map(([name, given]) => [name, imageOf(given)]));
  const canvas = element("canvas"), context = canvas.getContext("2d");
  let which = "image", kernel = [...state.kernels[state.kernel]], place = null, image, output;

  // Where an image of that size lies between the axes of a panel.
  function fit({ X, Y }, { h, w }) {
    const scale = Math.min((X(1) - X(0)) / w, (Y(0) - Y(1)) / h);
    return { scale, x: (X(0) + X(1) - w * scale) / 2, y: (Y(0) + Y(1) - h * scale) / 2 };
  }

  function frame(panel, size, top, left, height, width) {
    const { scale, x, y } = fit(panel, size), f = (v) => v.toFixed(1);
    return `M${f(x + left * scale)},${f(y + top * scale)}h${f(width * scale)}v${f(height * scale)}h${f(-width * scale)}z`;
  }

  function paint(panel, { h, w }, greys) {
    dress(canvas, { width: w, height: h });
    const pixels = context.createImageData(w, h), { scale, x, y } = fit(panel, { h, w });
    greys.forEach((v, n) => pixels.data.set([255 * v, 255 * v, 255 * v, 255], 4 * n));
    context.putImageData(pixels, 0, 0);
    dress(panel.part("image"), {
      href: canvas.toDataURL(), x, y, width: w * scale, height: h * scale, style: "image-rendering:pixelated",
    });
  }

  function point() {
    const [row, column] = place, top = row * state.stride, left = column * state.stride;
    before.draw("window", frame(before, image, top, left, 3, 3));
    after.draw("place", frame(after, output, row, column, 1, 1));
    const pixels = under(image, top, left), sum = output.values[row * output.w + column];
    pixels.forEach((v, n) => {
      products.part(`factors${n}`).textContent = `${shortNumber(v)} × ${shortNumber(kernel[n])}`;
      const node = products.part(`product${n}`);
      node.textContent = shortNumber(v * kernel[n]);
      node.setAttribute("class", v * kernel[n] < 0 ? "dlx-red" : "dlx-blue");
    });
    products.part("title").textContent = `Pixel × weight, added up: ${shortNumber(sum)}`;
    const used = pixels.flatMap((v, n) => (kernel[n] ? [`${shortNumber(v)} × ${shortNumber(kernel[n])}`] : []));
    view.say(
      `Output at row ${row + 1}, column ${column + 1}: ${used.join(" + ") || "no weight"} = ${shortNumber(sum)}.\n` +
      `${images[which].h} × ${images[which].w} pixels become ${output.h} × ${output.w}; ` +
      `the weights add up to ${shortNumber(kernel.reduce((a, b) => a + b, 0))}.`);
  }

  function draw() {
    image = padded(images[which], state.padding);
    output = crossCorrelate(image, kernel, state.stride);
    place = place || [output.h >> 1, output.w >> 1];
    place = [Math.min(place[0], output.h - 1), Math.min(place[1], output.w - 1)];
    paint(before, image, image.values);
    before.draw("rim", frame(before, image, state.padding, state.padding, images[which].h, images[which].w));
    paint(after, output, shownAs(output.values, kernel));
    const title = `Output, ${output.h} × ${output.w}${seesChanges(kernel) ? ", grey is 0" : ""}`;
    after.part("title").textContent = title;
    dress(after.svg, { "aria-label": title });
    dress(rows.input, { max: output.h });
    dress(columns.input, { max: output.w });
    rows.set(place[0] + 1);
    columns.set(place[1] + 1);
    point();
  }

  function move(row, column) {
    const within = (v, n) => Math.max(0, Math.min(n - 1, v));
    place = [within(row, output.h), within(column, output.w)];
    rows.set(place[0] + 1);
    columns.set(place[1] + 1);
    point();
  }

  // From a place in a panel to the row and column of an image shown there.
  function cell(panel, size, [px, py]) {
    const { scale, x, y } = fit(panel, size);
    return [Math.floor((panel.Y(py) - y) / scale), Math.floor((panel.X(px) - x) / scale)];
  }
  drag(before, (at) => {
    const [row, column] = cell(before, image, at);
    move(Math.round((row - 1) / state.stride), Math.round((column - 1) / state.stride));
  });
  drag(after, (at) => move(...cell(after, output, at)));
  for (const { svg } of [before, after]) svg.style.cursor = "crosshair";

  view.choice(
    "Image", { image: "Image", pixel: "One white pixel" }, which,
    (key) => ((which = key), (place = null), draw()));
  const presets = view.choice(
    "Kernel", Object.fromEntries(Object.keys(state.kernels).map((name) => [name, name])), state.kernel,
    (name) => {
      kernel = [...state.kernels[name]];
      fields.forEach((field, n) => (field.value = +kernel[n].toFixed(3)));
      draw();
    });
  const look = "width:4.6em;flex:none;height:auto;font:inherit;color:inherit;background:none;border:1px solid var(--dlx-gray);padding:.2em";
  const fields = kernel.map((v, n) => element("input", {
    type: "number", step: "any", min: -9, max: 9, value: +v.toFixed(3), style: look,
    "aria-label": `Weight in row ${Math.floor(n / 3) + 1}, column ${(n % 3) + 1}`,
  }));
  fields.forEach((field, n) => field.addEventListener("input", () => {
    kernel[n] = Math.max(-9, Math.min(9, +field.value || 0));
    presets.set("");
    draw();
  }));
  const grid = "display:grid;grid-template-columns:repeat(3,auto);gap:.3em";
  view.add(element(
    "div", { class: "dlx-slider", role: "group", "aria-label": "Weights" },
    element("span", {}, "Weights"), element("div", { style: grid }, ...fields)));
  for (const [label, name] of [["Stride", "stride"], ["Padding", "padding"]])
    view.choice(
      label, Object.fromEntries(state[`${name}s`].map((v) => [v, v])), state[name],
      (v) => ((state[name] = +v), draw()));
  const along = (label, axis) => {
    const slider = view.slider(
      label, { min: 1, max: 99, step: 1, value: 1 },
      (v) => ((place[axis] = v - 1), point()));
    return { ...slider, input: view.controls.lastElementChild.querySelector("input") };
  };
  const rows = along("Row", 0), columns = along("Column", 1);
  view.buttons({
    "Next place": () => {
      const n = (place[0] * output.w + place[1] + 1) % (output.h * output.w);
      move(Math.floor(n / output.w), n % output.w);
    },
  }, 0);
  draw();
});
