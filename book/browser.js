// What book/browser.py asks of an open page.
globalThis.audit = (() => {
  const SILENT = ".katex-html, .katex-mathml, svg, .headerlink, script, style, noscript";

  // Lay out all of the page, and go to whatever waits for a reader to come near.
  const read = async () => {
    const style = document.createElement("style");
    style.textContent =
      "* {content-visibility: visible !important; transition: none !important}";
    document.head.append(style);
    for (const part of document.querySelectorAll("h1, h2, img, .dlx")) {
      part.scrollIntoView({ behavior: "instant" });
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
    }
  };

  // Every element in which words stand that can be seen, with those words.
  const words = function* (silent) {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode()); ) {
      const element = text.parentElement;
      if (text.data.trim() && !element.closest(silent)) yield [element, text.data.trim()];
    }
  };
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });

  // Contrast of each word with what is painted behind it, by WCAG's formula, where it is too small.
  const faint = () => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const colours = new Map();
    const rgba = (colour) => {
      if (!colours.has(colour)) {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        colours.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
      }
      return colours.get(colour);
    };
    const grounds = new Map([[null, [255, 255, 255, 255]]]);
    const ground = (element) => {
      if (!grounds.has(element)) {
        const own = rgba(getComputedStyle(element).backgroundColor);
        grounds.set(element, own[3] > 242 ? own : ground(element.parentElement));
      }
      return grounds.get(element);
    };
    const light = (colour) =>
      colour
        .slice(0, 3)
        .map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const known = new Set(), found = [];
    for (const [element, text] of words(SILENT.replace(".katex-html, ", ""))) {
      const ink = getComputedStyle(element).color, paper = ground(element);
      if (known.has(ink + paper) || !seen(element)) continue;
      known.add(ink + paper);
      const [high, low] = [light(rgba(ink)), light(paper)].sort((a, b) => b - a);
      const contrast = (high + 0.05) / (low + 0.05);
      if (contrast < 4.5) found.push(`contrast ${contrast.toFixed(2)}: ${text.slice(0, 40)}`);
    }
    return found;
  };

  // Formulas keep the room that they take, colours of code one word each: axe compares elements
  // with one another, and a chapter has tens of thousands, nearly all of them in these two.
  const measure = () => {
    for (const formula of document.querySelectorAll(".katex")) {
      formula.room = (formula.querySelector(".katex-html") ?? formula).getBoundingClientRect();
    }
  };
  const condense = () => {
    for (const formula of document.querySelectorAll(".katex")) {
      const room = document.createElement("span");
      room.textContent = "x";
      room.style.cssText = `display: inline-block; overflow: hidden;
        width: ${formula.room.width}px; height: ${formula.room.height}px`;
      formula.replaceWith(room);
    }
    const kinds = new Set();
    for (const word of document.querySelectorAll("pre span[class]:not([id], .dl-line)")) {
      if (word.firstElementChild) continue;
      const kind = word.className + word.style.cssText;
      if (kinds.has(kind)) word.replaceWith(word.textContent);
      kinds.add(kind);
    }
  };

  // Mark one of all elements that look the same and stand on the same ground.
  const mark = () => {
    const grounds = new Map([[null, ""]]);
    const ground = (element) => {
      if (!grounds.has(element)) {
        const s = getComputedStyle(element);
        const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.textShadow];
        own.push(/fixed|sticky|absolute/.test(s.position));
        const plain = own.join() == "rgba(0, 0, 0, 0),none,1,none,none,false";
        const around = ground(element.parentElement);
        grounds.set(element, plain ? around : `${around}/${own}`);
      }
      return grounds.get(element);
    };
    const kinds = new Set();
    for (const [element] of words(SILENT.replace("svg, ", ""))) {
      const s = getComputedStyle(element);
      const kind = [ground(element), s.color, s.fontSize, s.fontWeight].join("|");
      if (kinds.has(kind) || !seen(element)) continue;
      kinds.add(kind);
      element.dataset.audit = "";
    }
  };

  // Formulas are announced as MathML; what is painted of them is hidden from a screen reader.
  const violations = async (context, options) => {
    const found = await axe.run(
      { exclude: [".katex-html"], ...context },
      { ...options, resultTypes: ["violations"] },
    );
    return found.violations.map(
      (v) => `${v.id}: ${v.nodes.length} × ${v.nodes[0].html.slice(0, 160)}`,
    );
  };
  const everything = (options) => violations({}, options);
  const contrasts = () => {
    mark();
    return violations({ include: ["[data-audit]"] }, { runOnly: ["color-contrast"] });
  };
  const structure = () => everything({ rules: { "color-contrast": { enabled: false } } });

  // Plots become negatives in the dark, photographs stay as they are.
  const pictures = () => {
    const found = [];
    for (const picture of document.querySelectorAll("div.cell_output img")) {
      const { filter } = getComputedStyle(picture), name = picture.getAttribute("src");
      const isPlot = (name.endsWith(".svg") && !picture.matches(".dl-photo")) || picture.matches(".dl-plot");
      if (isPlot && !filter.includes("invert")) found.push(`a plot not inverted: ${name}`);
      if (!isPlot && filter != "none") found.push(`a photograph inverted: ${name}`);
    }
    return found;
  };

  // What of a displayed formula a reader at a desk would have to scroll for.
  const formulas = () =>
    [...document.querySelectorAll("div.math")]
      .filter((block) =>
        [block, ...block.querySelectorAll(":not(.katex-mathml, .katex-mathml *)")].some(
          (part) =>
            getComputedStyle(part).overflowX != "visible" &&
            part.clientWidth > 0 &&
            part.scrollWidth > part.clientWidth + 4,
        ),
      )
      .map((block) => `a formula wider than its column: ${block.id || block.textContent.slice(0, 40)}`);

  return { read, faint, measure, condense, everything, contrasts, structure, pictures, formulas };
})();
