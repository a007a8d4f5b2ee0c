// The shared kit of all Backchannel widgets: drawing, keys, saving. Plain ES module text without a build
// step; Python puts it before each widget's own module, so that it needs no import.

/** Describe an element. Children may be strings, nodes made by `h`, arrays, or anything empty. */
function h(tag, attributes, ...children) {
  return { tag, attributes: attributes ?? {}, children: children.flat(9).filter((c) => c || c === 0) };
}

const SVG = "http://www.w3.org/2000/svg";

function create(node) {
  if (typeof node !== "object") return document.createTextNode(String(node));
  const element =
    node.tag === "svg" || node.tag === "path"
      ? document.createElementNS(SVG, node.tag)
      : document.createElement(node.tag);
  element.bcListeners = {};
  sync(element, node);
  return element;
}

/** Bring a live element in line with its description, touching only what differs. */
function sync(element, node) {
  const wanted = node.attributes;
  for (const name of element.getAttributeNames()) if (!(name in wanted)) element.removeAttribute(name);
  for (const [name, value] of Object.entries(wanted)) {
    if (name.startsWith("on")) listen(element, name.slice(2), value);
    else if (name === "value" && /^(TEXTAREA|INPUT)$/.test(element.tagName)) {
      if (element !== document.activeElement && element.value !== value) element.value = value;
    } else if (value === false || value === null || value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : value);
  }
  for (const name of Object.keys(element.bcListeners))
    if (!("on" + name in wanted)) element.bcListeners[name] = null;
  patch(element, node.children);
}

/** One real listener a type; what it calls changes with each drawing. */
function listen(element, type, handler) {
  if (!(type in element.bcListeners))
    element.addEventListener(type, (event) => element.bcListeners[type]?.(event));
  element.bcListeners[type] = handler;
}

function fits(live, node) {
  if (typeof node !== "object") return live.nodeType === Node.TEXT_NODE;
  return (
    live.nodeType === Node.ELEMENT_NODE &&
    live.localName === node.tag &&
    (live.dataset?.key ?? null) === (node.attributes["data-key"] ?? null)
  );
}

/** Make the children of a live element the described ones; focus and typed text stay where they are. */
function patch(parent, nodes) {
  nodes.forEach((node, index) => {
    const live = parent.childNodes[index];
    if (!live) parent.append(create(node));
    else if (!fits(live, node)) live.replaceWith(create(node));
    else if (typeof node === "object") sync(live, node);
    else if (live.data !== String(node)) live.data = String(node);
  });
  while (parent.childNodes.length > nodes.length) parent.lastChild.remove();
}

/** Fill the {fields} of a sentence from the table of words. */
function fill(sentence, fields) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? fields[name] : whole));
}

function clock(at, language) {
  return new Date(at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/**
 * Decisions on their way to the journal. Each waits in the browser's own storage until the kernel says
 * that it is on disk; what a dead kernel never answered is sent again by the next widget of the same block.
 */
class Outbox {
  constructor(model, changed) {
    this.model = model;
    this.changed = changed;
    this.shelf = "backchannel:" + model.get("shelf");
    this.waiting = new Map();
    this.problem = "";
    this.late = false;
    model.on("msg:custom", (message) => this.receive(message));
  }

  /** Send what an earlier widget of this block never got an answer for. */
  resume() {
    for (const decision of this.stored()) this.post(decision);
  }

  stored() {
    try {
      return JSON.parse(localStorage.getItem(this.shelf) ?? "[]");
    } catch {
      return [];
    }
  }

  keep() {
    try {
      if (this.waiting.size) localStorage.setItem(this.shelf, JSON.stringify([...this.waiting.values()]));
      else localStorage.removeItem(this.shelf);
    } catch {
      // A browser that forbids storage still keeps what waits in this page.
    }
  }

  /** Send a decision; it counts as saved only when the kernel has said so. */
  send(action, fields) {
    const id = crypto.randomUUID ? crypto.randomUUID().replaceAll("-", "") : String(Math.random()).slice(2);
    this.post({ action, id, ...fields });
  }

  post(decision) {
    this.waiting.set(decision.id, decision);
    this.keep();
    this.model.send({ kind: "do", ...decision });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.late = this.waiting.size > 0;
      this.changed();
    }, 4000);
    this.changed();
  }

  again() {
    this.problem = "";
    for (const decision of [...this.waiting.values()]) this.post(decision);
  }

  receive(message) {
    if (message?.kind !== "done" || !this.waiting.has(message.id)) return;
    this.problem = message.ok ? "" : message.sentence;
    if (message.ok || message.final) this.waiting.delete(message.id);
    if (!this.waiting.size) this.late = false;
    this.keep();
    this.changed();
  }
}

/** The line that says whether everything is saved. */
function savedLine(outbox, words, saved, language) {
  const attributes = { class: "bc-saved", role: "status", "data-testid": "saved" };
  const again = h("button", { type: "button", class: "bc-button", onclick: () => outbox.again() }, words.save_again);
  if (outbox.problem)
    return h("div", { ...attributes, class: "bc-saved bc-problem", "data-state": "problem" }, outbox.problem, " ", outbox.waiting.size ? again : null);
  if (outbox.waiting.size && outbox.late)
    return h("div", { ...attributes, class: "bc-saved bc-problem", "data-state": "late" }, words.late, " ", again);
  if (outbox.waiting.size) return h("div", { ...attributes, "data-state": "saving" }, words.saving);
  if (saved) return h("div", { ...attributes, "data-state": "saved", "data-at": saved }, fill(words.saved_at, { time: clock(saved, language) }));
  return h("div", { ...attributes, "data-state": "empty" }, words.nothing_yet);
}

function reportList(reports) {
  return reports?.length ? h("ul", { class: "bc-reports", "data-testid": "reports" }, reports.map((r) => h("li", null, r))) : null;
}

/** Buttons for the language of the texts: English, German, or both. */
function languageSwitch(words, chosen, choose) {
  return h(
    "div",
    { class: "bc-switch", role: "group", "aria-label": words.text_language },
    ["en", "de", "both"].map((id) =>
      h(
        "button",
        { type: "button", class: "bc-button", "aria-pressed": String(chosen === id), "data-testid": "text-" + id, onclick: () => choose(id) },
        words["text_" + id],
      ),
    ),
  );
}

function languagesOf(chosen) {
  return chosen === "both" ? ["en", "de"] : [chosen];
}

/** A reading of a passage: claims marked, retold speech slanted, quotations in their marks. */
function reading(segments, language, current, pick) {
  const parts = segments.map((segment, index) => {
    const inner =
      segment.form === "verbatim"
        ? h("q", { lang: "de", class: "bc-verbatim" }, segment.text)
        : segment.form === "retold"
          ? h("i", { class: "bc-retold" }, segment.text)
          : segment.text;
    if (!segment.claims.length) return inner;
    const on = segment.claims.includes(current);
    const attributes = { class: on ? "bc-claim bc-current" : "bc-claim", "data-claims": segment.claims.join(" ") };
    if (!pick) return h(on ? "mark" : "span", attributes, inner);
    // Not a <button>: browsers set that as a block of its own, and a sentence must flow.
    const run = () => pick(segment.claims, on ? current : null);
    const press = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      run();
    };
    return h("span", { ...attributes, role: "button", tabindex: 0, "data-key": language + index, "aria-pressed": String(on), onclick: run, onkeydown: press }, inner);
  });
  return h("p", { class: "bc-reading", lang: language }, parts);
}

/** Where a key press belongs to a text field and not to the widget. */
function isTyping(event) {
  return /^(TEXTAREA|INPUT|SELECT)$/.test(event.target.tagName);
}

/**
 * Put a widget into its element: draw on every change, take keys only while focus is inside, and keep
 * every key press away from Jupyter's own commands.
 */
function mount({ model, el, name, draw, keys, start }) {
  const root = document.createElement("div");
  root.setAttribute("role", "group");
  root.className = "bc bc-" + name;
  root.tabIndex = 0;
  root.dataset.lmSuppressShortcuts = "true";
  root.dataset.testid = name;
  el.append(root);
  const local = { textLanguage: model.get("language"), ...start };
  const redraw = () => {
    const words = model.get("words");
    root.setAttribute("aria-label", words.title);
    root.lang = model.get("language");
    patch(root, draw({ view: model.get("view"), words, language: model.get("language"), outbox, local, change, act }));
  };
  const change = (fields) => {
    Object.assign(local, fields);
    redraw();
  };
  const outbox = new Outbox(model, redraw);
  const act = (action, fields) => outbox.send(action, fields);
  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && isTyping(event)) return root.focus();
    if (isTyping(event)) return;
    const handler = keys({ view: model.get("view"), local, change, act, root }, event);
    if (handler) {
      event.preventDefault();
      handler();
    }
  });
  model.on("change:view", redraw);
  model.on("change:words", redraw);
  redraw();
  outbox.resume();
  return () => {
    model.off("change:view", redraw);
    model.off("change:words", redraw);
  };
}
