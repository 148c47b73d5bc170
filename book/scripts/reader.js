/* What answers the reader: questions, progress, shortcuts, cards beside links, formulas as TeX.
   All is kept in this browser and works from a disk; without it every page can still be read. */
(() => {
  "use strict";
  const KEY = "deep-learning-101";
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href).href;
  const meta = document.querySelector('meta[name="dl-page"]');
  const page = meta ? meta.content : "";
  const chapter = meta && meta.dataset.chapter;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  /* State: solved {question: page}, pages {page: {title, questions, sections, seen}}, last place. */
  const isRecord = value => value !== null && typeof value === "object" && !Array.isArray(value);
  const isText = value => typeof value === "string";
  const isPage = p => isRecord(p) && isText(p.title) && Array.isArray(p.sections)
    && Array.isArray(p.questions) && isRecord(p.seen)
    && [...p.sections, ...p.questions].every(isText);
  const isPlace = p => p === null || (isRecord(p) && Number.isFinite(p.at)
    && [p.page, p.id, p.title, p.chapter].every(isText));
  const isState = s => isRecord(s) && s.version === 1 && isRecord(s.solved) && isRecord(s.pages)
    && Object.values(s.pages).every(isPage) && isPlace(s.last);
  const nothing = () => ({version: 1, solved: {}, pages: {}, last: null, shortcuts: true});
  let memory = nothing();  // where the browser keeps nothing

  function state() {
    try {
      const stored = JSON.parse(localStorage.getItem(KEY));
      return isState(stored) ? stored : memory;
    } catch { return memory; }
  }

  function change(edit) {
    memory = state();
    edit(memory);
    try { localStorage.setItem(KEY, JSON.stringify(memory)); } catch { /* this visit only */ }
    showProgress();
  }

  function merge(other) {
    change(mine => {
      Object.assign(mine.solved, other.solved);
      for (const [name, theirs] of Object.entries(other.pages)) {
        const known = mine.pages[name];
        const seen = {...theirs.seen, ...(known && known.seen)};
        mine.pages[name] = {...theirs, ...known, seen};
      }
      if (other.last && (!mine.last || other.last.at > mine.last.at)) mine.last = other.last;
    });
  }

  /* Progress: the share of sections seen and questions solved. */
  function progress(name) {
    const known = state().pages[name];
    if (!known) return null;
    const solved = known.questions.filter(id => state().solved[id]).length;
    const seen = known.sections.filter(id => known.seen[id]).length;
    const whole = known.sections.length + known.questions.length;
    const part = whole ? (seen + solved) / whole : 0;
    const words = [`${seen} of ${known.sections.length} sections read`];
    if (known.questions.length) words.push(`${solved} of ${known.questions.length} questions solved`);
    return {part, text: words.join(", ")};
  }

  const pageOf = link => {
    const address = link.href.split("#")[0];
    return address.startsWith(root) ? decodeURI(address.slice(root.length)).replace(/\.html$/, "") : "";
  };

  function mark(link, done) {
    let ring = link.querySelector(".dl-progress");
    if (!done || !done.part) return ring && ring.remove();
    if (!ring) link.append(ring = make("span", {class: "dl-progress"}, make("span")));
    ring.style.setProperty("--part", done.part);
    ring.classList.toggle("is-done", done.part === 1);
    ring.title = done.text;
    ring.firstChild.textContent = ` (${done.text})`;
  }

  function showProgress() {
    for (const link of all("nav.bd-links li > a, .dl-card-title a")) {
      const name = link.getAttribute("href") === "#" ? page : pageOf(link);
      mark(link, name && progress(name));
    }
    for (const form of all("form.dl-question")) {
      form.classList.toggle("is-solved", Boolean(state().solved[form.id]));
    }
    showResume();
  }

  function showResume() {
    const cards = document.querySelector(".dl-cards"), {last} = state();
    let line = document.querySelector(".dl-resume");
    if (!cards || !last) return line && line.remove();
    if (!line) cards.before(line = make("p", {class: "dl-resume"}));
    const when = new Date(last.at).toLocaleDateString("en", {day: "numeric", month: "long"});
    const link = make("a", {href: `${root}${encodeURI(last.page)}.html#${last.id}`}, last.title);
    const where = last.chapter === last.title ? "" : ` in ${last.chapter}`;
    line.replaceChildren("Go on where you stopped: ", link, `${where} (${when})`);
  }

  const words = element => {
    const copy = element.cloneNode(true);
    for (const part of all(".headerlink, .katex-mathml", copy)) part.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  };

  function follow() {
    const headings = all(".bd-article section > :is(h1, h2, h3)");
    if (!chapter || !headings.length) return;
    const id = heading => heading.closest("section").id, title = words(headings[0]);
    change(mine => {
      const seen = (mine.pages[page] || {seen: {}}).seen;
      const questions = all("form.dl-question").map(form => form.id);
      mine.pages[page] = {title, questions, sections: headings.map(id), seen};
    });
    const sight = new IntersectionObserver(entries => {
      const fresh = entries.filter(e => e.isIntersecting).map(e => id(e.target));
      const {seen} = state().pages[page] || {seen: {}};
      if (!fresh.some(name => !seen[name])) return;
      change(mine => {
        const known = mine.pages[page];
        if (known) for (const name of fresh) known.seen[name] = true;
      });
    }, {rootMargin: "0px 0px -25% 0px"});
    headings.forEach(heading => sight.observe(heading));
    let timer;
    addEventListener("scroll", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const above = headings.filter(h => h.getBoundingClientRect().top < innerHeight / 3);
        const current = above[above.length - 1];
        if (current) change(mine => {
          mine.last = {page, id: id(current), title: words(current), chapter: title, at: Date.now()};
        });
      }, 400);
    }, {passive: true});
  }

  /* Questions */
  const number = text => {
    const clean = text.trim().replace(/\u2212/g, "-").replace(/^([+-]?\d*),(\d+)$/, "$1.$2");
    const share = clean.match(/^([+-]?\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)$/);
    if (share) return share[1] / share[2];
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(clean) ? Number(clean) : NaN;
  };

  function judge(form) {
    const reasons = all(".dl-answers > ul > li", form), field = form.querySelector("input");
    const say = (kind, ...parts) => {
      const verdict = form.querySelector(".dl-verdict");
      verdict.className = `dl-verdict is-${kind}`;
      verdict.replaceChildren(...parts);
    };
    let chosen;
    if (form.dataset.kind === "number") {
      const value = number(field.value);
      if (!Number.isFinite(value)) {
        field.focus();
        return say("open", "Write a number, such as 0.25, 1e-3 or 1/4.");
      }
      chosen = reasons.find(r => Math.abs(value - r.dataset.value) <= Number(r.dataset.tolerance) + 1e-12);
      if (!chosen) {
        const hint = form.querySelector(".dl-hint") ? " or unfold the hint" : "";
        return say("wrong", make("strong", {}, "Not that number."), ` Try again${hint}.`);
      }
    } else {
      const radio = form.querySelector("input:checked");
      if (!radio) return say("open", "Choose an answer first.");
      chosen = reasons[radio.value];
      for (const choice of all(".dl-choices li", form)) {
        choice.classList.remove("is-right", "is-wrong");
      }
      radio.closest("li").classList.add(chosen.dataset.right ? "is-right" : "is-wrong");
    }
    const right = Boolean(chosen.dataset.right);
    const reason = chosen.lastElementChild.cloneNode(true);
    say(right ? "right" : "wrong", make("strong", {}, right ? "Right." : "Not quite."), reason);
    if (right) change(mine => { mine.solved[form.id] = page; });
  }

  document.addEventListener("submit", event => {
    const form = event.target.closest("form.dl-question");
    if (!form) return;
    event.preventDefault();
    judge(form);
  });
  document.addEventListener("click", event => {  // a pointer chooses and asks in one
    const choice = event.detail && event.target.closest(".dl-choices label");
    if (choice) setTimeout(() => judge(choice.closest("form")));
  });
  document.addEventListener("keydown", event => {
    const radio = event.key === "Enter" && event.target.closest(".dl-choices input");
    if (radio) { event.preventDefault(); judge(radio.closest("form")); }
  });

  /* Scripts that are loaded when they are first needed, also from a disk. */
  const loading = {};
  const load = name => loading[name] ||= new Promise((done, failed) => {
    document.head.append(Object.assign(make("script"), {src: `${root}_static/${name}`, onload: done, onerror: failed}));
  });

  /* Cards beside links: what an equation, figure, box, term, work or function is. */
  const CARDED = /^(equation-|fig-|tab-|alg-|def-|thm-|lem-|cor-|prop-|rem-|ex-|term-|dlcore\.)|^id\d+$/;
  const known = {};
  window.dlCards = (name, found) => { known[name] = found; };
  let card, owner, timer;

  function hideCard() {
    clearTimeout(timer);
    if (owner) owner.removeAttribute("aria-describedby");
    if (card) card.remove();
    card = owner = undefined;
  }

  async function showCard(link) {
    const name = link.getAttribute("href").startsWith("#") ? page : pageOf(link);
    const anchor = decodeURIComponent(link.hash.slice(1));
    try { await load(`cards/${name.replaceAll("/", ".")}.js`); } catch { return; }
    const content = (known[name] || {})[anchor];
    if (!content || !(link.matches(":hover") || link === document.activeElement)) return;
    if (content.includes("katex") && !document.querySelector('link[href*="katex.min.css"]')) {
      document.head.append(make("link", {rel: "stylesheet", href: `${root}_static/katex/katex.min.css`}));
    }
    hideCard();
    owner = link;
    if (link.title) { link.dataset.title = link.title; link.removeAttribute("title"); }
    card = make("div", {class: "dl-hover bd-article", id: "dl-hover", role: "tooltip"});
    card.innerHTML = content.replaceAll("{root}", root);
    for (const part of all("[tabindex]", card)) part.removeAttribute("tabindex");
    link.setAttribute("aria-describedby", "dl-hover");
    card.addEventListener("mouseleave", leave);
    card.addEventListener("mouseenter", () => clearTimeout(timer));
    document.querySelector(".bd-main").append(card);
    const box = link.getBoundingClientRect(), size = card.getBoundingClientRect();
    const below = box.bottom + size.height + 12 < innerHeight || box.top < size.height + 12;
    card.style.top = `${below ? box.bottom + 6 : box.top - size.height - 6}px`;
    card.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 16))}px`;
  }

  const leave = () => { clearTimeout(timer); timer = setTimeout(hideCard, 200); };
  const carded = target => {
    const link = target.closest && target.closest(".bd-article a[href*='#']:not(.headerlink)");
    return link && !link.closest(".dl-hover") && CARDED.test(decodeURIComponent(link.hash.slice(1))) ? link : null;
  };
  document.addEventListener("pointerover", event => {
    const link = event.pointerType === "mouse" && carded(event.target);
    if (!link) return;
    clearTimeout(timer);
    if (link !== owner) timer = setTimeout(showCard, 250, link);
  });
  document.addEventListener("pointerout", event => { if (carded(event.target)) leave(); });
  document.addEventListener("focusin", event => {
    const link = carded(event.target);
    if (link && link.matches(":focus-visible")) showCard(link);
    else if (owner && link !== owner) hideCard();
  });
  addEventListener("scroll", () => { if (owner && !owner.matches(":focus")) hideCard(); }, {passive: true});

  /* The way back to a link: heights out of sight are estimates, so the link's place is kept. */
  const links = () => all(".bd-article section a[href]");
  document.addEventListener("click", event => {
    const link = event.target.closest("a[href]"), number = links().indexOf(link);
    if (number < 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    history.replaceState({link: number, top: link.getBoundingClientRect().top}, "");
  });
  function goBack(place) {
    const link = place && links()[place.link];
    if (!link) return;
    history.replaceState(null, "");
    let frames = 20;  // what comes into view is laid out, and moves the rest
    (function settle() {
      scrollBy({top: link.getBoundingClientRect().top - place.top, behavior: "instant"});
      if (frames--) requestAnimationFrame(settle);
    })();
  }
  addEventListener("popstate", event => goBack(event.state));
  addEventListener("load", () => {
    const [{type}] = performance.getEntriesByType("navigation");
    if (type === "back_forward") goBack(history.state);
  });

  /* Explorables: script and state come when the still picture comes near. */
  const near = new IntersectionObserver(entries => {
    for (const {isIntersecting, target} of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      target.after(make("script", {src: `${root}_static/explorables/${target.dataset.later}.js`}));
    }
  }, {rootMargin: "800px"});
  all(".dlx[data-later]").forEach(figure => near.observe(figure));

  /* Formulas as TeX */
  async function copy(text) {
    try { await navigator.clipboard.writeText(text); } catch {
      const area = make("textarea", {class: "visually-hidden"});
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }

  function offerTex(event) {
    const block = event.target.closest && event.target.closest("div.math");
    if (!block || block.closest(".dl-hover") || block.querySelector(".dl-tex")) return;
    const button = make("button", {type: "button", class: "dl-tex", title: "Copy as TeX", "aria-live": "polite"}, "TeX");
    button.setAttribute("aria-label", "Copy this formula as TeX");
    button.addEventListener("click", async () => {
      await copy(block.querySelector("annotation").textContent);
      button.textContent = "Copied";
      button.removeAttribute("aria-label");
      setTimeout(() => { button.textContent = "TeX"; button.setAttribute("aria-label", "Copy this formula as TeX"); }, 1500);
    });
    block.querySelector(".dl-formula").after(button);
  }
  document.addEventListener("pointerover", offerTex);
  document.addEventListener("focusin", offerTex);

  /* Search: below the field of the dialog or of the search page. */
  async function startSearch(field) {
    try {
      await load("search.js");
      await Promise.all([load("minisearch/minisearch.min.js"), load("search-index.js")]);
    } catch { return; }
    window.dlSearch(field, root, load);
  }
  for (const field of all("form.bd-search input[name=q]")) {
    const isPage = page === "search" && !field.closest("dialog");
    if (isPage) field.value = new URLSearchParams(location.search).get("q") || "";
    const first = isPage && !field.value ? "input" : "focus";
    field.addEventListener(first, () => startSearch(field), {once: true});
    if (isPage) field.focus();
  }

  /* Help, shortcuts, and what is kept */
  const KEYS = [["/", "Search"], ["n", "Next page"], ["p", "Previous page"], ["?", "This help"], ["Esc", "Close what is open"]];
  const go = selector => { const link = document.querySelector(selector); if (link) link.click(); };
  const ACTIONS = {
    "/": () => go(".search-button"),
    "?": () => window.dlHelp(),
    n: () => go("a.right-next"),
    p: () => go("a.left-prev"),
  };
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && owner) return hideCard();
    if (event.ctrlKey || event.metaKey || event.altKey || !state().shortcuts) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")) return;
    if (Object.hasOwn(ACTIONS, event.key)) { event.preventDefault(); ACTIONS[event.key](); }
  });

  function exportState() {
    const file = new Blob([JSON.stringify(state(), null, 1)], {type: "application/json"});
    const link = make("a", {href: URL.createObjectURL(file), download: "deep-learning-101-progress.json"});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async function importState(file, say) {
    let other;
    try { other = JSON.parse(await file.text()); } catch { other = null; }
    if (!isState(other)) {
      return say(`${file.name} is no progress that this book has exported; nothing was changed.`);
    }
    merge(other);
    say("Added to what was kept here.");
  }

  function progressList() {
    const rows = Object.entries(state().pages).sort(([a], [b]) => a.localeCompare(b));
    const list = rows.map(([name, {title}]) => make("li", {},
      make("a", {href: `${root}${encodeURI(name)}.html`}, title), `: ${progress(name).text}`));
    return list.length ? make("ul", {}, ...list) : make("p", {}, "No chapter opened yet.");
  }

  function fillHelp(dialog) {
    const button = (text, action) => {
      const made = make("button", {type: "button"}, text);
      made.addEventListener("click", action);
      return made;
    };
    const status = make("p", {role: "status"});
    const refresh = text => { status.textContent = text; dialog.querySelector(".dl-kept").replaceChildren(progressList()); };
    const picker = make("input", {type: "file", accept: "application/json", hidden: ""});
    picker.addEventListener("change", async () => {
      if (picker.files[0]) await importState(picker.files[0], refresh);
      picker.value = "";
    });
    const erase = () => {
      if (!confirm("Delete your progress and your solved questions from this browser?")) return;
      change(mine => Object.assign(mine, nothing(), {shortcuts: mine.shortcuts}));
      refresh("Deleted.");
    };
    const toggle = make("input", {type: "checkbox"});
    toggle.checked = state().shortcuts !== false;
    toggle.addEventListener("change", () => change(mine => { mine.shortcuts = toggle.checked; }));
    const keys = KEYS.map(([key, what]) => make("li", {}, make("kbd", {}, key), ` ${what}`));
    dialog.replaceChildren(
      make("h2", {id: "dl-help-title"}, "Shortcuts and progress"),
      make("ul", {class: "dl-keys"}, ...keys),
      make("p", {}, make("label", {}, toggle, " Use these keys")),
      make("h3", {}, "Your progress"),
      make("div", {class: "dl-kept"}, progressList()),
      make("p", {class: "dl-note"}, "Kept in this browser only. Nothing is sent anywhere."),
      make("p", {class: "dl-buttons"}, button("Export", exportState), button("Import", () => picker.click()),
        button("Delete", erase), button("Close", () => dialog.close()), picker),
      status,
    );
  }

  window.dlHelp = () => {
    let dialog = document.querySelector("#dl-help");
    if (!dialog) {
      document.body.append(dialog = make("dialog", {id: "dl-help", "aria-labelledby": "dl-help-title"}));
      dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
    }
    fillHelp(dialog);
    dialog.showModal();
  };

  follow();
  showProgress();
  addEventListener("storage", showProgress);
})();
