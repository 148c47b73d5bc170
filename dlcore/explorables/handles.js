// Movable points: by pointer, finger and arrow keys, with Shift five times as far.

// Makes the panel's dot of that name movable. moved(x, y) says where it shall be; the caller
// answers by set(x, y), which says so to the eye and, with the words of describe, to the ear. With
// turned(by) arrow keys do not move the point but turn it.
function handle(panel, name, { label, value, step = 0.1, describe, moved, turned }) {
  const dot = panel.part(name), place = [...value];
  const reach = draw("circle", { r: 17, fill: "transparent" });
  const knob = draw("g", {
    class: "dlx-handle", tabindex: 0, role: "slider", "aria-label": label,
    "aria-roledescription": "movable point",
  });
  dot.after(knob);
  knob.append(reach, dot);
  // Its parts must not be hidden from those who cannot see the picture.
  panel.svg.setAttribute("role", "group");

  function set(x, y) {
    [place[0], place[1]] = [x, y];
    const [px, py] = [panel.X(x).toFixed(1), panel.Y(y).toFixed(1)];
    dress(reach, { cx: px, cy: py });
    dress(dot, { d: `M${px},${py}h0` });
    const words = describe ? describe(x, y) : `${x.toFixed(1)}, ${y.toFixed(1)}`;
    dress(knob, { "aria-valuenow": x.toFixed(2), "aria-valuetext": words });
  }

  const held = (event) => knob.hasPointerCapture(event.pointerId);
  knob.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    knob.setPointerCapture(event.pointerId);
    knob.focus({ preventScroll: true });
    event.preventDefault();
  });
  knob.addEventListener("pointermove", (event) => held(event) && moved(...panel.at(event)));
  knob.addEventListener("keydown", (event) => {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const arrow = arrows[event.key], by = event.shiftKey ? 5 * step : step;
    if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (turned) turned(by * (arrow[1] - arrow[0]));
    else moved(place[0] + by * arrow[0], place[1] + by * arrow[1]);
  });
  set(...value);
  return { set };
}

const draw = (tag, attributes) =>
  dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);

// To the nearest multiple of step between -most and most.
const snap = (v, step, most) => {
  const kept = Math.max(-most, Math.min(most, v));
  return +(Math.round(kept / step) * step).toFixed(4) + 0;
};
