// The layer under every explorable: a view with its controls, panels taken over from the still
// picture, a status text, animation. No global names, no ids: any number may share a page.
// A script ends in explorable(name, build); build(view, state) makes the live figure.

// As in panel.py; what is left below the axes is the same for every height.
const [WIDTH, LEFT, RIGHT, TOP, BELOW] = [340, 44, 324, 44, 41];

function element(tag, attributes, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

function dress(node, attributes = {}, children = []) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function explorable(name, build) {
  if (typeof document === "undefined") return;
  const scope = (document.currentScript && document.currentScript.parentNode) || document;
  for (const root of scope.querySelectorAll(`[data-explorable="${name}"]:not([data-live])`)) {
    const view = new View(root);
    build(view, JSON.parse(root.dataset.state));
    root.querySelector(".dlx-still").after(view.live);
    // Only now: if the script fails, the picture stays.
    root.dataset.live = "";
  }
}

class View {
  constructor(root) {
    this.root = root;
    this.figure = element("div", { class: "dlx-figure" });
    this.controls = element("form", { class: "dlx-controls", autocomplete: "off" });
    this.controls.addEventListener("submit", (event) => event.preventDefault());
    this.readout = element("p", { class: "dlx-readout", "aria-hidden": "true" });
    this.status = element("p", { class: "dlx-status", role: "status" });
    this.live = element(
      "div", { class: "dlx-live" }, this.figure, this.readout, this.controls, this.status);
    // JupyterLab takes the arrow keys for itself, a book may turn its pages by them.
    this.live.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && event.key !== "Escape") event.stopPropagation();
    });
  }

  // Seen at once; read aloud when it has been still for half a second, and not on loading.
  say(text) {
    const aloud = () => (this.status.textContent = text);
    this.readout.textContent = text;
    // What follows shall not jump.
    this.readout.style.minHeight = `${this.readout.offsetHeight}px`;
    clearTimeout(this.later);
    if ("live" in this.root.dataset) this.later = setTimeout(aloud, 500);
    else aloud();
  }

  // The still's panel of that number, copied into the live figure, with its scales.
  panel(number) {
    const svg = this.root.querySelectorAll(".dlx-still > svg")[number].cloneNode(true);
    const [x0, x1, y0, y1] = (svg.dataset.range || "0 1 0 1").split(" ").map(Number);
    this.figure.append(svg);
    const height = svg.viewBox.baseVal.height, bottom = height - BELOW;
    const at = (event) => {
      const box = svg.getBoundingClientRect();
      const px = ((event.clientX - box.left) / box.width) * WIDTH;
      const py = ((event.clientY - box.top) / box.height) * height;
      return [x0 + ((px - LEFT) / (RIGHT - LEFT)) * (x1 - x0),
              y0 + ((bottom - py) / (bottom - TOP)) * (y1 - y0)];
    };
    const X = (x) => LEFT + ((x - x0) / (x1 - x0)) * (RIGHT - LEFT);
    const Y = (y) => bottom - ((y - y0) / (y1 - y0)) * (bottom - TOP);
    const part = (name) => svg.querySelector(`[data-part="${name}"]`);
    const draw = (name, d) => part(name).setAttribute("d", d);
    const line = (name, points) => draw(name, polyline(points.map(([x, y]) => [X(x), Y(y)])));
    const place = (name, [x, y]) => dress(part(name), { x: X(x).toFixed(1), y: (Y(y) + 4).toFixed(1) });
    const dot = (name, [x, y]) => draw(name, `M${X(x).toFixed(1)},${Y(y).toFixed(1)}h0`);
    return { svg, X, Y, at, part, draw, line, place, dot, range: [x0, x1, y0, y1] };
  }

  add(...nodes) {
    this.controls.append(...nodes);
  }

  slider(label, { min, max, step, value, format = String }, changed) {
    const input = element("input", { type: "range", min, max, step, value });
    const output = element("output", { "aria-hidden": "true" });
    const show = () => {
      output.textContent = format(+input.value);
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", () => (show(), changed(+input.value)));
    this.add(element("label", { class: "dlx-slider" }, element("span", {}, label), input, output));
    show();
    return { set: (v) => ((input.value = v), show()) };
  }

  // Radio buttons, drawn as a row of chips; options maps values to labels.
  choice(label, options, value, changed) {
    const inputs = Object.entries(options).map(([key, text]) => {
      const input = element("input", { type: "radio", name: label, value: key });
      input.checked = key === String(value);
      input.addEventListener("change", () => changed(key));
      return [key, input, element("label", {}, input, element("span", {}, text))];
    });
    const legend = element("legend", {}, label);
    this.add(element("fieldset", {}, legend, ...inputs.map((entry) => entry[2])));
    return { set: (v) => inputs.forEach(([key, input]) => (input.checked = key === String(v))) };
  }

  toggle(label, checked, changed) {
    const input = element("input", { type: "checkbox" });
    input.checked = checked;
    input.addEventListener("change", () => changed(input.checked));
    const last = this.controls.lastElementChild;
    const row = last && last.matches(".dlx-toggles") ? last : element("div", { class: "dlx-toggles" });
    row.append(element("label", {}, input, label));
    this.add(row);
  }

  // Buttons in one row: {label: what to do}; the one of number main stands out. Returns them.
  buttons(actions, main) {
    const row = Object.entries(actions).map(([label, action], k) => {
      const button = element("button", { type: "button", class: k === main ? "dlx-main" : "" }, label);
      button.addEventListener("click", action);
      return button;
    });
    this.add(element("div", { class: "dlx-buttons" }, ...row));
    return row;
  }

  // Calls frame() until it returns false or stop(); rests while out of sight.
  animate(frame) {
    let running = true, visible = true;
    const observer = new IntersectionObserver(([entry]) => (visible = entry.isIntersecting));
    observer.observe(this.live);
    const stop = () => ((running = false), observer.disconnect());
    const tick = () => {
      if (!running) return;
      if (!this.live.isConnected || (visible && frame() === false)) stop();
      else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    return stop;
  }
}

const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const polyline = (points) =>
  (points.length ? "M" : "") + points.map((p) => p.map((v) => v.toFixed(1)).join()).join("L");
