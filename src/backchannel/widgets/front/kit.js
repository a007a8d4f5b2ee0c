// The shared kit of all Backchannel widgets: drawing, keys, saving. Plain ES module text without a build
// step; Python puts it before each widget's own module, so that it needs no import.

/** Describe an element. Children may be strings, nodes made by `h`, arrays, or anything empty. */
function h(tag, attributes, ...children) {
  return { tag, attributes: attributes ?? {}, children: children.flat(9).filter((c) => c || c === 0) };
}

function create(node) {
  if (typeof node !== "object") return document.createTextNode(String(node));
  const element = document.createElement(node.tag);
  element.bcListeners = {};
  // Whether a <details> is open is the reader's affair once it is there.
  if (node.attributes.open) element.setAttribute("open", "");
  sync(element, node);
  return element;
}

/** Bring a live element in line with its description, touching only what differs. */
function sync(element, node) {
  const wanted = node.attributes;
  for (const name of element.getAttributeNames())
    if (!(name in wanted) && name !== "open") element.removeAttribute(name);
  for (const [name, value] of Object.entries(wanted)) {
    if (name === "open") continue;
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

/** The browser's own storage; one that is forbidden or full costs only what a reload would lose. */
const storage = {
  entries(prefix) {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(prefix))
        .sort()
        .map((key) => [key, JSON.parse(localStorage.getItem(key))]);
    } catch {
      return [];
    }
  },
  put(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {}
  },
  remove(key) {
    try {
      localStorage.removeItem(key);
    } catch {}
  },
};

/**
 * Decisions on their way to the journal. Each waits under a key of its own in the browser's storage until
 * the kernel says that it is on disk; what a dead kernel never answered is sent again by the next widget of
 * the same block. A newer decision about the same thing takes the place of one that still waits. Each
 * carries the decision it replaces (`base`), so that an old one never overwrites what came later elsewhere.
 * Without a shelf nothing is kept: a review changes nothing.
 */
class Outbox {
  constructor(model, changed) {
    this.model = model;
    this.changed = changed;
    this.shelf = model.get("shelf") && `backchannel:${model.get("shelf")}:`;
    this.waiting = new Map();
    this.problem = "";
    this.late = false;
    this.receiver = (message) => this.receive(message);
    model.on("msg:custom", this.receiver);
  }

  close() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.receiver);
  }

  /** Send what an earlier widget of this block never got an answer for. */
  resume() {
    if (!this.shelf) return;
    for (const [key, decision] of storage.entries(this.shelf)) this.post({ ...decision, key, resumed: true });
  }

  /** Send a decision about `target`; it counts as saved only when the kernel has said so. */
  send(action, target, fields) {
    for (const older of [...this.waiting.values()]) if (older.target === target) this.forget(older);
    const id = crypto.randomUUID ? crypto.randomUUID().replaceAll("-", "") : String(Math.random()).slice(2);
    const key = `${this.shelf}${String(Date.now()).padStart(15, "0")}:${id}`;
    this.post({ action, target, id, key, ...fields });
  }

  /** Whether a decision about `target` still waits for the kernel. */
  awaits(target) {
    return [...this.waiting.values()].some((one) => one.target === target);
  }

  /** Ask for something that leaves no trace in the journal, or must not be asked again later. */
  ask(action, fields) {
    this.transmit({ action, id: "", ...fields });
  }

  /** Hand a message to the kernel; where no answer comes in time, say so instead of looking alive. */
  transmit(message) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.late = true;
      this.changed();
    }, 4000);
    try {
      this.model.send({ kind: "do", ...message });
    } catch {
      this.late = true; // the connection to the kernel is closed
    }
  }

  post(decision) {
    this.waiting.set(decision.id, decision);
    if (this.shelf) storage.put(decision.key, decision);
    this.transmit(decision);
    this.changed();
  }

  again() {
    this.problem = "";
    for (const decision of [...this.waiting.values()]) this.post({ ...decision, resumed: true });
  }

  forget(decision) {
    this.waiting.delete(decision.id);
    storage.remove(decision.key);
  }

  receive(message) {
    if (message?.kind !== "done") return;
    const decision = this.waiting.get(message.id);
    if (!this.waiting.size || (decision && this.waiting.size === 1)) clearTimeout(this.timer);
    if (!decision && message.ok && !this.late && !this.problem) return;
    this.problem = message.ok ? "" : message.sentence;
    if (decision?.resumed && message.final) this.problem += ` (${decision.value ?? decision.action})`;
    if (decision && (message.ok || message.final)) this.forget(decision);
    if (!this.waiting.size) this.late = false;
    this.changed();
  }
}

/** What is being put together and is not saved yet: it survives a reload, and goes once it is saved. */
class Drafts {
  constructor(model) {
    this.prefix = model.get("shelf") && `backchannel-draft:${model.get("shelf")}:`;
    this.kept = new Map(this.prefix ? storage.entries(this.prefix).map(([key, value]) => [key.slice(this.prefix.length), value]) : []);
  }

  /** Return the draft for `name`, or what stands in the journal where there is none or it is the same. */
  of(name, own) {
    if (!this.kept.has(name)) return own;
    const draft = this.kept.get(name);
    if (JSON.stringify(draft) !== JSON.stringify(own)) return draft;
    this.drop(name);
    return own;
  }

  has(name, own) {
    return this.of(name, own) !== own;
  }

  put(name, value) {
    this.kept.set(name, value);
    if (this.prefix) storage.put(this.prefix + name, value);
  }

  drop(name) {
    this.kept.delete(name);
    if (this.prefix) storage.remove(this.prefix + name);
  }
}

/** The line that says whether everything is saved. */
function savedLine(outbox, words, saved, language) {
  const attributes = { class: "bc-saved", role: "status", "data-testid": "saved" };
  const again = h("button", { type: "button", class: "bc-button", onclick: () => outbox.again() }, words.save_again);
  if (outbox.problem)
    return h("div", { ...attributes, class: "bc-saved bc-problem", "data-state": "problem" }, h("span", { lang: "en" }, outbox.problem), " ", outbox.waiting.size ? again : null);
  if (outbox.late)
    return h("div", { ...attributes, class: "bc-saved bc-problem", "data-state": "late" }, words.late, " ", outbox.waiting.size ? again : null);
  if (outbox.waiting.size) return h("div", { ...attributes, "data-state": "saving" }, words.saving);
  if (saved) return h("div", { ...attributes, "data-state": "saved", "data-at": saved }, fill(words.saved_at, { time: clock(saved, language) }));
  return h("div", { ...attributes, "data-state": "empty" }, words.nothing_yet);
}

function reportList(reports) {
  return reports?.length ? h("ul", { class: "bc-reports", lang: "en", "data-testid": "reports" }, reports.map((r) => h("li", null, r))) : null;
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
function mount({ model, el, name, draw, keys, start, hear }) {
  const root = document.createElement("div");
  root.setAttribute("role", "group");
  root.className = "bc bc-" + name;
  root.tabIndex = 0;
  root.dataset.lmSuppressShortcuts = "true";
  root.dataset.testid = name;
  el.append(root);
  const local = { textLanguage: model.get("language"), ...start };
  const drafts = new Drafts(model);
  const outbox = new Outbox(model, () => redraw());
  const state = () => ({ view: model.get("view"), words: model.get("words"), language: model.get("language"), outbox, drafts, local, change, root });
  const redraw = () => {
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    const { words } = state();
    root.setAttribute("aria-label", words.title);
    root.lang = model.get("language");
    patch(root, draw(state()));
    if (focused && !root.contains(document.activeElement)) refocus(root, focused);
  };
  const change = (fields) => {
    Object.assign(local, fields);
    redraw();
  };
  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    // All decisions are saved at once, so the key for saving has nothing to do here.
    if ((event.ctrlKey || event.metaKey) && event.key === "s") return event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && isTyping(event)) return root.focus();
    if (isTyping(event)) return;
    const handler = keys(state(), event);
    if (!handler) return;
    event.preventDefault();
    if (!event.repeat) handler(); // a key held down is one decision, not many
  });
  const listeners = { "change:view": redraw, "change:words": redraw, "msg:custom": (message) => hear?.(message, state()) };
  for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
  redraw();
  outbox.resume();
  return () => {
    outbox.close();
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
  };
}

/** Keep the focus inside when the element that had it is gone: on its like, or on the widget itself. */
function refocus(root, lost) {
  const like = lost.dataset?.testid && root.querySelector(`[data-testid="${lost.dataset.testid}"]:not(:disabled)`);
  (like || root).focus({ preventScroll: true });
}
