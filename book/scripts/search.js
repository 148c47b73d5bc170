/* Search in the index that book/_ext/search_index.py wrote: typos forgiven, chapters first. */
(() => {
  "use strict";
  const KINDS = ["Chapter", "Page", "API", "Source"];
  const RANK = [1, 0.7, 0.15, 0.01], RANK_OF_NAMES = [0.15, 0.15, 1, 0.01];
  const SHOWN = 30, AROUND = 90;
  let records, index;

  /* Words and where they stand, as book/_ext/search_index.py wrote them. */
  function unpack(line) {
    const at = line.lastIndexOf(" "), fields = {};
    line.slice(at + 1).split("|").forEach((list, field) => {
      if (!list) return;
      let record = 0;
      fields[field] = {};
      for (const entry of list.split(",")) {
        const [gap, count = "1"] = entry.split("*");
        record += parseInt(gap, 36);
        fields[field][record] = parseInt(count, 36);
      }
    });
    return [line.slice(0, at), fields];
  }

  window.dlSearchIndex = ({options, pages, terms, rest}) => {
    records = pages.flatMap(([name, kind, found], number) => found.map(([anchor, title], place) =>
      ({number, place, kind, title, page: found[0][1], address: `${name}.html${anchor && `#${anchor}`}`})));
    index = () => MiniSearch.loadJS({
      ...rest,
      documentIds: Object.fromEntries(records.map((_, id) => [id, id])),
      index: terms.split("\n").map(unpack),
    }, options);
  };

  const texts = {};
  window.dlSearchTexts = (number, found) => { texts[number] = found; };

  const OPTIONS = {
    boost: {title: 3},
    prefix: term => term.length > 2,
    fuzzy: term => term.length > 3 ? 0.25 : false,
    maxFuzzy: 2,
    weights: {fuzzy: 0.3, prefix: 0.5},
  };

  function find(text) {
    if (typeof index === "function") index = index();
    /* dlcore.nn.softmax, newton_root: a name of the library */
    const ranks = /\w[._]\w/.test(text) ? RANK_OF_NAMES : RANK;
    const options = {...OPTIONS, boostDocument: id => ranks[records[id].kind]};
    const every = index.search(text, {...options, combineWith: "AND"});
    return every.length ? every : index.search(text, options);
  }

  const escape = text => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  /* A piece of the text around the first words that were found, these marked. */
  function snippet(text, terms) {
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(${terms.map(escape).join("|")})(?![\\p{L}\\p{N}])`, "iu");
    const found = terms.length ? text.search(pattern) : -1;
    let from = Math.max(0, found - AROUND), to = Math.min(text.length, from + 2.4 * AROUND);
    if (from) from = text.indexOf(" ", from) + 1;
    if (to < text.length) to = text.lastIndexOf(" ", to);
    const parts = text.slice(from, to).split(new RegExp(pattern.source, "giu"));
    const nodes = parts.map((part, i) => {
      if (i % 2 === 0) return part;
      const mark = document.createElement("mark");
      mark.textContent = part;
      return mark;
    });
    return [from ? "… " : "", ...nodes, to < text.length ? " …" : ""];
  }

  function item({id, match}, root) {
    const {address, title, page, kind} = records[id];
    const link = document.createElement("a"), where = document.createElement("span");
    const words = document.createElement("p"), row = document.createElement("li");
    link.href = root + address;
    link.textContent = title;
    where.className = "dl-where";
    where.textContent = title === page || !page ? KINDS[kind] : `${KINDS[kind]} · ${page}`;
    row.append(link, where);
    if (KINDS[kind] !== "Source") row.append(words);
    row.show = async load => {
      const {number, place} = records[id];
      await load(`search/${number}.js`);
      words.replaceChildren(...snippet(texts[number][place], Object.keys(match)));
    };
    return row;
  }

  /* `load` fetches a script of _static once. */
  window.dlSearch = (field, root, load) => {
    const form = field.closest("form");
    const status = document.createElement("p"), list = document.createElement("ol");
    status.setAttribute("role", "status");
    status.className = "dl-found";
    list.className = "dl-results";
    form.after(status, list);
    const near = new IntersectionObserver(seen => seen.filter(entry => entry.isIntersecting).forEach(({target}) => {
      near.unobserve(target);
      target.parentElement.show(load);
    }));
    const show = () => {
      const text = field.value.trim(), found = text ? find(text) : [];
      const more = found.length > SHOWN ? `, the first ${SHOWN} shown` : "";
      const count = found.length === 1 ? "1 result" : `${found.length} results`;
      status.textContent = text ? (found.length ? count + more : `Nothing found for “${text}”.`) : "";
      near.disconnect();
      list.replaceChildren(...found.slice(0, SHOWN).map(result => item(result, root)));
      list.querySelectorAll("p").forEach(words => near.observe(words));
      list.dataset.query = text;
    };
    let timer;
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 120); });
    form.addEventListener("submit", event => { event.preventDefault(); show(); });
    form.parentElement.addEventListener("keydown", event => {
      const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
      if (!step) return;
      const stops = [field, ...list.querySelectorAll("a")];
      const next = stops[stops.indexOf(document.activeElement) + step];
      if (next) { event.preventDefault(); next.focus(); }
    });
    show();
  };
})();
