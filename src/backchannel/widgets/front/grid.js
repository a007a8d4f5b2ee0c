// A grid of judgements: one row at a time across its columns. What may be shown is decided in Python.

const CONFIDENCE = ["low", "medium", "high"];

function grid(state) {
  const { view, words } = state;
  return [
    h(
      "div",
      { class: "bc-bar" },
      h("strong", { class: "bc-title" }, words["title_" + view.kind]),
      h("label", { class: "bc-progress" }, h("progress", { max: view.progress.cells, value: view.progress.judged, "aria-label": words.progress_name }), h("span", { "data-testid": "progress" }, fill(words.progress, view.progress))),
    ),
    reportList(view.reports),
    h("p", { class: "bc-note", "data-key": "purpose" }, words["purpose_" + view.kind]),
    h("div", { class: "bc-grid-" + view.kind, "data-key": "item" }, rowHead(state), cells(state), later(state), actions(state)),
    h("div", { class: "bc-footer", "data-key": "footer" }, savedLine(state.outbox, words, view.saved, state.language), h("p", { class: "bc-keys" }, fill(words.keys, { choices: view.choices.length }))),
    wholeGrid(state),
    resultOf(state),
  ].filter(Boolean);
}

// --- the present row -----------------------------------------------------------------------------------

function rowHead({ view, words }) {
  const { row } = view;
  const place = fill(words["row_" + view.kind], row);
  return h(
    "div",
    { "data-key": "head" },
    h("p", { class: "bc-hidden", "aria-live": "polite", "data-key": "here" }, `${place}: ${row.name}`),
    h("p", { class: "bc-place" }, h("span", { class: "bc-badge" }, place), row.root ? " " + fill(words.root, row) : null),
    h("p", { class: "bc-grid-row", "data-testid": "row", "data-row": row.id }, row.name),
    row.text ? h("p", null, row.text) : null,
    row.claims.length ? more(words.claims_row, claims(row.claims, words), "claims") : null,
    row.aside.map((one) => more(words[one.key], h("p", null, one.text), one.key)),
    h("p", { class: "bc-question" }, row.question || words["question_" + view.kind]),
    h(
      "details",
      { class: "bc-grid-guide", "data-key": "guide", open: true },
      h("summary", null, words.choices),
      h("dl", { class: "bc-grid-choices" }, view.choices.map((id) => [h("dt", null, words["choice_" + id]), h("dd", null, words["define_" + id])])),
    ),
  );
}

function more(title, content, key) {
  return h("details", { class: "bc-grid-more", "data-key": "more-" + key }, h("summary", null, title), content);
}

function claims(list, words) {
  return h(
    "ul",
    { class: "bc-grid-claims" },
    list.map((claim) =>
      h(
        "li",
        { "data-claim": claim.id, "data-tells": claim.tells === null ? null : String(claim.tells) },
        h("span", { class: "bc-place" }, h("span", { class: "bc-badge" }, claim.place), claim.tells ? h("strong", null, " ✓ " + words.tells) : null),
        " ",
        claim.text,
        claim.quote ? h("span", { class: "bc-quote" }, " ", words.quote, " ", h("q", { lang: "de" }, claim.quote)) : null,
      ),
    ),
  );
}

function sources(list, title, key) {
  return list.length ? more(title, h("ul", null, list.map((one) => h("li", null, one))), key) : null;
}

/** The column the keys act on: the one with the focus, else the first that is open. */
function columnOf({ view, local }) {
  if (local.at?.row === view.row.id && view.cells.some((cell) => cell.column === local.at.column)) return local.at.column;
  return (view.cells.find((cell) => !cell.own.value) ?? view.cells[0]).column;
}

function stay(state, column) {
  const { view, local, change } = state;
  if (local.at?.row !== view.row.id || local.at.column !== column) change({ at: { row: view.row.id, column } });
}

/** Taking a column moves its reason field; a press waits for its release, or the click would miss its button. */
let pressed = false;

function press(state, column) {
  pressed = true;
  const over = new AbortController();
  const release = () => {
    over.abort();
    setTimeout(() => {
      pressed = false;
      stay(state, column);
    });
  };
  // A touch that becomes a scroll is cancelled and never released.
  for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, release, { signal: over.signal });
}

function cells(state) {
  return h("div", { class: "bc-grid-cells", "data-key": "cells", "data-columns": state.view.cells.length }, state.view.cells.map((cell) => panel(state, cell)));
}

function panel(state, cell) {
  const { view, words } = state;
  const here = columnOf(state) === cell.column;
  const id = `${view.activity}-${cell.column}`;
  return h(
    "div",
    { class: "bc-grid-cell", role: "group", tabindex: -1, "aria-labelledby": id, "data-key": cell.column, "data-column": cell.column, "data-here": String(here), "data-testid": "cell-" + cell.column, onpointerdown: () => press(state, cell.column), onfocusin: () => pressed || stay(state, cell.column) },
    h("p", { class: "bc-grid-head", id }, h("span", { class: "bc-grid-name" }, cell.name), cell.text ? [" ", cell.text] : null),
    view.kind === "coverage" ? [h("p", { class: "bc-note", "data-key": "which" }, fill(words.claims_coverage, { column: cell.name })), claims(cell.claims, words)] : null,
    h(
      "div",
      { class: "bc-grid-strip", "data-key": "strip" },
      view.choices.map((choice, n) =>
        h(
          "button",
          { type: "button", class: "bc-grid-pick", "data-key": choice, "data-testid": `${cell.column}-${choice}`, "aria-pressed": String(cell.own.value === choice), onclick: () => judge(state, cell, choice) },
          h("kbd", { "aria-hidden": "true" }, n + 1),
          h("span", null, words["choice_" + choice]),
        ),
      ),
    ),
    here ? aside(state, cell) : cell.own.reason ? h("p", { class: "bc-grid-kept", "data-key": "kept" }, "“", cell.own.reason, "”") : null,
    courseReading(state, cell),
    h(
      "div",
      { "data-key": "rest" },
      view.kind === "elements" && cell.claims.length ? more(words.claims_elements, claims(cell.claims, words), "claims") : null,
      view.kind === "hypotheses" ? cell.aside.map((one) => more(words[one.key], h("p", null, one.text), one.key)) : null,
      view.kind === "elements" ? aboutCase(cell, words) : null,
    ),
  );
}

function aboutCase(cell, words) {
  const facts = cell.aside.map((one) => h("p", null, h("strong", null, words[one.key], ": "), one.text));
  const read = cell.sources.length ? [h("p", null, h("strong", null, words.sources_case)), h("ul", null, cell.sources.map((one) => h("li", null, one)))] : null;
  return more(words.about_case, h("div", null, facts, read), "case");
}

function judge({ view, outbox }, cell, choice) {
  const { row } = view;
  outbox.send("judge", `${row.id}/${cell.column}`, { row: row.id, column: cell.column, value: choice, base: cell.own.id });
}

function annotate({ view, outbox }, cell, field, value) {
  const { row } = view;
  outbox.send("annotate", `${field}:${row.id}/${cell.column}`, { row: row.id, column: cell.column, [field]: value });
}

function aside(state, cell) {
  const { view, words, drafts, change } = state;
  const draft = `reason:${view.row.id}/${cell.column}`;
  const named = { column: cell.name };
  return h(
    "div",
    { class: "bc-grid-aside", "data-key": "aside" },
    h(
      "label",
      { class: "bc-grid-reason" },
      h("span", null, words.reason, drafts.has(draft, cell.own.reason) ? ` (${words.reason_unsaved})` : null),
      h("textarea", {
        rows: 2,
        maxlength: view.longest,
        "aria-label": fill(words.reason_name, named),
        "data-key": draft,
        "data-testid": "reason",
        value: drafts.of(draft, cell.own.reason),
        oninput: (event) => {
          drafts.put(draft, event.target.value);
          change({});
        },
        onchange: (event) => annotate(state, cell, "reason", event.target.value),
      }),
    ),
    h(
      "div",
      { class: "bc-switch", role: "group", "aria-label": fill(words.confidence_name, named) },
      h("span", null, words.confidence),
      CONFIDENCE.map((id) => h("button", { type: "button", class: "bc-button", "data-testid": `confidence-${id}`, "aria-pressed": String(cell.own.confidence === id), onclick: () => annotate(state, cell, "confidence", cell.own.confidence === id ? "" : id) }, words["confidence_" + id])),
    ),
  );
}

/** The place of the course's reading is always there, so that a screen reader notices what comes into it. */
function courseReading({ words }, cell) {
  const found = cell.reading;
  const place = { "aria-live": "polite", "data-key": "reading", "data-testid": "reading-" + cell.column };
  if (!found) return h("div", place, cell.noReading ? h("p", { class: "bc-note" }, words.no_reading) : null);
  return h(
    "div",
    place,
    h(
      "p",
      { class: "bc-grid-reading", "data-same": String(found.same) },
      words.course,
      " ",
      h("strong", null, words["choice_" + found.value]),
      found.change ? ` (${found.change})` : null,
      " · ",
      h("span", { class: "bc-grid-agree" }, words[found.same ? "same" : "differs"]),
      h("br"),
      found.reason,
    ),
    cell.later.map((one) => more(words[one.key], h("p", null, one.text), one.key)),
    sources(found.sources, words.sources_reading, "reading-sources"),
  );
}

/** What belongs to the row as a whole and comes with the course's reading of it. */
function later({ view, words }) {
  const { row } = view;
  const anything = view.cells.some((cell) => cell.reading);
  return h(
    "div",
    { "data-key": "later", "aria-live": "polite", "data-testid": "later" },
    row.later.map((one) => h("p", { class: "bc-card" }, h("strong", null, words[one.key], ": "), one.text)),
    row.noOriginal ? h("p", { class: "bc-card" }, words.no_original) : null,
    sources(row.sources, view.kind === "elements" ? words.sources_element : words.sources, "row-sources"),
    h("p", { class: "bc-note" }, anything ? words.contradict : words[view.kind === "elements" ? "after_cell" : "after_row"]),
  );
}

function turn(state, action, fields) {
  state.root.focus({ preventScroll: true }); // the next row begins at its first open cell
  state.outbox.ask(action, fields);
}

function actions(state) {
  const { view, words, outbox } = state;
  const buttons = [
    ["previous", "↑", () => turn(state, "previous"), view.row.total < 2],
    ["next", "↓", () => turn(state, "next"), view.row.total < 2],
    ["open", "o", () => turn(state, "open"), view.progress.judged === view.progress.cells],
    ["undo", "u", () => outbox.ask("undo", { base: view.undoable }), !view.undoable],
  ];
  return h(
    "div",
    { class: "bc-actions bc-grid-actions", "data-key": "actions" },
    buttons.map(([id, key, run, disabled]) => h("button", { type: "button", class: "bc-button", "data-testid": id, disabled, onclick: run }, words[id], " ", h("kbd", { "aria-hidden": "true" }, key))),
  );
}

// --- the whole grid and what follows from it -----------------------------------------------------------

/** One tab stop: the present row's button. The arrow keys change the row. */
function wholeGrid(state) {
  const { view, words } = state;
  const wide = view.kind === "elements" ? 112 : 64;
  const widths = `--bc-grid-column: ${wide}px; --bc-grid-width: ${180 + wide * view.columns.length}px`;
  return h(
    "details",
    { open: true, "data-key": "map", "data-testid": "map" },
    h("summary", null, words.map),
    h("p", { class: "bc-legend" }, view.choices.map((id) => `${words["sign_" + id]} ${words["choice_" + id]}`).join("   "), "   ", words.map_legend),
    h(
      "div",
      { class: "bc-grid-map", style: widths },
      h(
        "table",
        { class: "bc-grid-table" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, words.map_row), view.columns.map((column) => h("th", { scope: "col", class: "bc-grid-sign", title: column.text ? `${column.name}: ${column.text}` : null }, column.short)))),
        h("tbody", null, view.map.map((row) => mapRow(state, row))),
      ),
    ),
  );
}

function mapRow(state, row) {
  const { view, words } = state;
  const here = row.id === view.row.id;
  return h(
    "tr",
    { "data-key": row.id, "aria-current": here ? "true" : null },
    h("th", { scope: "row" }, h("button", { type: "button", class: "bc-grid-go", tabindex: here ? 0 : -1, "data-testid": "go-" + row.id, title: row.name, onclick: () => turn(state, "go", { row: row.id }) }, h("span", null, row.number), h("span", null, row.name))),
    row.cells.map((cell) =>
      h(
        "td",
        { class: "bc-grid-sign" },
        h("span", { "aria-hidden": "true" }, cell.own ? words["sign_" + cell.own] : "·", cell.differs ? " ≠" : null),
        h("span", { class: "bc-hidden" }, cell.own ? words["choice_" + cell.own] : words.not_judged, cell.differs ? ", " + words.map_legend : null),
      ),
    ),
  );
}

function resultOf({ view, words }) {
  if (!view.result.length) return h("p", { class: "bc-note", "data-key": "no-result" }, words.result_none);
  const whole = view.progress.complete === view.progress.rows;
  return h(
    "details",
    { class: "bc-grid-result", "data-key": whole ? "result" : "result-partly", "data-testid": "result", open: whole },
    h("summary", null, whole ? words.result : fill(words.result_partly, view.progress)),
    view.result.map((block) => [h("h4", null, block.title), block.lines.map((line) => h("p", null, line)), block.table ? table(block.table) : null, block.after.map((line) => h("p", null, line))]),
  );
}

function table({ header, rows, row_names }) {
  const first = (cells, n) => h("th", { scope: "row" }, cells[0], row_names[n] ? h("span", { class: "bc-grid-long" }, row_names[n]) : null);
  return h(
    "div",
    { class: "bc-grid-scroll", tabindex: 0, role: "group", "aria-label": header.join(", ") },
    h(
      "table",
      { class: "bc-grid-table" },
      h("thead", null, h("tr", null, header.map((cell) => h("th", { scope: "col" }, cell)))),
      h("tbody", null, rows.map((cells, n) => h("tr", null, first(cells, n), cells.slice(1).map((cell) => h("td", null, cell))))),
    ),
  );
}

// --- keys ----------------------------------------------------------------------------------------------

function focusCell({ root }, column) {
  root.querySelector(`[data-testid="cell-${column}"]`)?.focus();
}

function move(state, by) {
  const columns = state.view.cells.map((cell) => cell.column);
  const there = columns.indexOf(columnOf(state)) + by;
  if (there >= 0 && there < columns.length) focusCell(state, columns[there]);
}

/** Judge the cell the keys act on, and go on to the next open one of the row. */
function judgeHere(state, choice) {
  const { view } = state;
  const here = view.cells.findIndex((cell) => cell.column === columnOf(state));
  const wasOpen = !view.cells[here].own.value;
  judge(state, view.cells[here], choice);
  const following = view.cells.slice(here + 1).find((cell) => !cell.own.value);
  focusCell(state, wasOpen && following ? following.column : view.cells[here].column);
}

function gridKeys(state, event) {
  const { view, outbox, root } = state;
  const choice = /^[1-9]$/.test(event.key) && view.choices[Number(event.key) - 1];
  if (choice) return () => judgeHere(state, choice);
  const inButton = /^(BUTTON|SUMMARY)$/.test(event.target.tagName);
  const commands = {
    ArrowRight: () => move(state, 1),
    ArrowLeft: () => move(state, -1),
    ArrowDown: () => turn(state, "next"),
    ArrowUp: () => turn(state, "previous"),
    n: () => turn(state, "next"),
    p: () => turn(state, "previous"),
    o: () => turn(state, "open"),
    u: () => outbox.ask("undo", { base: view.undoable }),
    r: () => {
      stay(state, columnOf(state));
      root.querySelector("[data-testid=reason]")?.focus();
    },
    ...(inButton ? {} : { Enter: () => turn(state, "next") }),
  };
  return commands[event.key] ?? null;
}

export default { render: ({ model, el }) => mount({ model, el, name: "grid", draw: grid, keys: gridKeys, start: {} }) };
