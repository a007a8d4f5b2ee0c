// The track sorter: one contact and its criteria, the track under each definition, the course beside.
// Which tracks follow, and what may be shown of the course's reading, is decided in Python.

const FIRST_CLAIMS = 4;

function sorter(state) {
  const { view } = state;
  return [
    sorterBar(state),
    reportList(view.reports),
    h("p", { class: "bc-note", "data-key": "purpose" + view.mode }, state.words[view.mode === "free" ? "purpose_free" : "purpose"]),
    ...(view.free ? freeContact(state) : sortContact(state)),
    scores(state),
    view.reading ? readingBeside(state) : null,
    sorterFooter(state),
  ].filter(Boolean);
}

function sorterBar({ view, words, outbox, local, change }) {
  const { progress } = view;
  const modes = view.contacts.length ? ["contacts", "free"] : ["free"];
  return h(
    "div",
    { class: "bc-bar" },
    h("strong", { class: "bc-title" }, words.heading),
    h("div", { class: "bc-switch", role: "group", "aria-label": words.mode }, modes.map((id) => h("button", { type: "button", class: "bc-button", "aria-pressed": String(view.mode === id), "data-testid": "mode-" + id, onclick: () => outbox.ask("mode", { value: id }) }, words["mode_" + id]))),
    view.contacts.length ? h("span", { class: "bc-progress" }, h("progress", { max: progress.total, value: progress.sorted, "aria-label": words.progress_name }), h("span", { "data-testid": "progress" }, fill(words.progress, progress))) : null,
    languageSwitch(words, local.textLanguage, (id) => change({ textLanguage: id })),
  );
}

// --- one contact of the dossier ---------------------------------------------------------------------------

function sortContact(state) {
  const { view, words } = state;
  if (!view.unit) return [h("p", { class: "bc-note" }, words.empty)];
  return [contactPicker(state), h("div", { class: "bc-columns", "data-key": "columns" }, h("div", { class: "bc-item", "data-key": "item" }, contactHead(state), documentsSay(state), question(state)), ownAnswers(state))];
}

function contactPicker({ view, words, language, outbox }) {
  const { unit } = view;
  const number = { number: unit.number, total: view.contacts.length };
  return h(
    "div",
    { class: "bc-sort-top", "data-key": "picker" },
    h("button", { type: "button", class: "bc-button", "data-testid": "previous", "aria-label": words.previous, onclick: () => outbox.ask("step", { by: -1 }) }, "← ", h("kbd", { "aria-hidden": "true" }, "p")),
    h(
      "select",
      { class: "bc-select", "data-testid": "contact", "aria-label": words.contact, onchange: (event) => outbox.ask("go", { contact: event.target.value }) },
      view.contacts.map((one) => h("option", { "data-key": one.id + (one.id === unit.contact), value: one.id, selected: one.id === unit.contact }, one.title[language], one.mark ? ` · ${words["mark_" + one.mark]}` : null)),
    ),
    h("button", { type: "button", class: "bc-button", "data-testid": "next", "aria-label": words.next, onclick: () => outbox.ask("step", { by: 1 }) }, "→ ", h("kbd", { "aria-hidden": "true" }, "n")),
    h("span", { class: "bc-place" }, fill(words.position, number)),
  );
}

function when({ date, precision }, words) {
  if (!date) return words.date_undated;
  return precision === "about" ? fill(words.date_about, { date }) : date;
}

function contactHead({ view, words, language }) {
  const { unit } = view;
  return h(
    "div",
    { "data-key": "head", "aria-live": "polite" },
    h("p", { class: "bc-sort-title", "data-testid": "contact-title", "data-contact": unit.contact }, unit.title[language]),
    h("p", { class: "bc-place" }, when(unit, words), unit.place ? " · " + unit.place[language] : null),
  );
}

function documentsSay({ view, words, local }) {
  const { unit } = view;
  const shown = unit.claims.slice(0, FIRST_CLAIMS);
  const rest = unit.claims.slice(FIRST_CLAIMS);
  const list = (claims) => h("ul", { class: "bc-sort-claims" }, claims.map((claim) => claimLine(claim, words, local)));
  return h(
    "details",
    { class: "bc-context", "data-key": "documents" + unit.contact, open: true },
    h("summary", null, words.documents_say),
    h("p", { class: "bc-note" }, words.hint_documents),
    shown.length ? list(shown) : h("p", { class: "bc-note" }, words.no_claims),
    rest.length ? h("details", { "data-key": "rest" }, h("summary", { "data-testid": "more-claims" }, fill(words.more_claims, { count: rest.length })), list(rest)) : null,
    unit.words.length ? h("p", { class: "bc-sort-words" }, words.words_used, " ", unit.words.map((one, n) => [n ? " · " : "", h("span", { class: "bc-cue", lang: "de" }, `„${one.word}“`), ` ${one.label} ${one.locator}`])) : null,
  );
}

function claimLine(claim, words, local) {
  return h(
    "li",
    { "data-key": claim.id, "data-claim": claim.id },
    h("span", { class: "bc-sort-where" }, `${claim.label} ${claim.locator}`),
    languagesOf(local.textLanguage).map((id) => h("p", { lang: id }, claim.text[id])),
    claim.quote ? h("p", { class: "bc-quote" }, words.quote, " ", h("q", { lang: "de" }, claim.quote)) : null,
  );
}

const kindOf = (criterion) => (criterion.endsWith("_status") ? "status" : criterion);
const valueName = (words, criterion, value) => words[`tracks.${kindOf(criterion)}_${value}`];
const valueHint = (words, criterion, value) => words[`tracks.${kindOf(criterion)}_${value}_hint`];
const criterionOf = (view) => view.unit.criteria.find((one) => one.id === view.unit.criterion);

function reply({ view, outbox }, value) {
  const { contact, criterion } = view.unit;
  outbox.send("answer", `answer:${contact}/${criterion}`, { contact, criterion, value, base: criterionOf(view).base });
}

function compareWith({ view, outbox }) {
  outbox.send("compare", `compare:${view.unit.contact}`, { contact: view.unit.contact });
}

function question(state) {
  const { view, words } = state;
  const { unit } = view;
  if (!unit.criterion) return enough(state);
  const current = criterionOf(view);
  const asked = words[`tracks.${unit.criterion}_question`];
  return h(
    "div",
    { class: "bc-choices bc-sort-choices", role: "group", "aria-label": asked, "data-key": "choices" + unit.criterion, "data-testid": "choices", "data-criterion": unit.criterion },
    h("p", { class: "bc-question", "aria-live": "polite" }, asked),
    view.asked[unit.criterion].map((value, n) =>
      h(
        "button",
        { type: "button", class: "bc-choice", "data-key": value, "data-testid": "answer-" + value, "aria-pressed": String(current.own === value), "data-own": words.your_answer, onclick: () => reply(state, value) },
        h("kbd", { "aria-hidden": "true" }, n + 1),
        h("span", { class: "bc-choice-name" }, valueName(words, unit.criterion, value)),
        h("span", { class: "bc-choice-definition" }, valueHint(words, unit.criterion, value)),
      ),
    ),
  );
}

function enough(state) {
  const { view, words, outbox } = state;
  const { unit } = view;
  return h(
    "div",
    { class: "bc-verdict bc-match", "data-key": "enough", "data-testid": "enough", "aria-live": "polite" },
    h("p", null, unit.compared ? words.compared_note : words.enough),
    h(
      "div",
      { class: "bc-actions" },
      unit.compared ? null : h("button", { type: "button", class: "bc-button bc-primary", "data-testid": "compare", onclick: () => compareWith(state) }, words.compare, " ", h("kbd", { "aria-hidden": "true" }, "c")),
      h("button", { type: "button", class: "bc-button", "data-testid": "try", onclick: () => outbox.ask("start", { value: "own:" + unit.contact }) }, words.try_freely),
    ),
  );
}

function ownAnswers(state) {
  const { view, words, outbox, drafts, change } = state;
  const { unit } = view;
  const name = "note:" + unit.contact;
  return h(
    "div",
    { class: "bc-guide", role: "group", "aria-label": words.answers, "data-key": "answers" },
    h("p", { class: "bc-guide-name" }, words.answers),
    h(
      "div",
      { class: "bc-sort-list" },
      unit.criteria.map((one) =>
        h(
          "button",
          { type: "button", class: "bc-button bc-tab", "data-key": one.id, "data-testid": "criterion-" + one.id, "data-answered": String(Boolean(one.own)), "aria-current": one.id === unit.criterion ? "step" : null, onclick: () => outbox.ask("go", { criterion: one.id }) },
          words["tracks." + one.id],
          h("span", { class: "bc-own" }, one.own ? valueName(words, one.id, one.own) : one.needed ? words.open : words.idle),
        ),
      ),
    ),
    h(
      "label",
      { class: "bc-notefield bc-sort-note" },
      h("span", null, words.note, drafts.has(name, unit.note) ? " " + words.note_unsaved : null),
      h("textarea", {
        rows: 3,
        maxlength: 4000,
        "data-key": name,
        "data-testid": "note",
        value: drafts.of(name, unit.note),
        oninput: (event) => {
          drafts.put(name, event.target.value);
          change({});
        },
        onchange: (event) => outbox.send("note", name, { contact: unit.contact, value: event.target.value, base: unit.noteBase }),
      }),
    ),
    h("div", { class: "bc-actions bc-sort-note" }, h("button", { type: "button", class: "bc-button", "data-testid": "undo", disabled: !view.undoable, onclick: () => takeBack(state) }, words.undo, " ", h("kbd", { "aria-hidden": "true" }, "u"))),
  );
}

function takeBack({ view, outbox }) {
  if (view.undoable) outbox.ask("undo", { base: view.undoable });
}

// --- an invented contact ------------------------------------------------------------------------------------

const FREE_NAMES = { us_status: "first_side", russian_status: "second_side" };

function freeContact(state) {
  const { view, words } = state;
  return [
    startFrom(state),
    view.free.sketch ? sketchNote(view.free, words) : null,
    h("div", { "data-key": "rows" }, Object.keys(view.asked).map((criterion) => freeRow(criterion, state))),
    h("p", { class: "bc-note", "data-key": "moves" }, h("span", { class: "bc-sort-dot", "aria-hidden": "true" }, "• "), words.moves_hint),
  ].filter(Boolean);
}

function startFrom({ view, words, language, outbox }) {
  const title = (one) => (one.kind === "sketch" ? words["tracks.sketch_" + one.title] : one.title?.[language]);
  return h(
    "div",
    { class: "bc-sort-top", "data-key": "start" },
    h(
      "label",
      null,
      words.start_from,
      " ",
      h(
        "select",
        { class: "bc-select", "data-testid": "start", onchange: (event) => outbox.ask("start", { value: event.target.value }) },
        view.free.starts.map((one) => h("option", { "data-key": one.id + (one.id === view.free.start), value: one.id, selected: one.id === view.free.start }, fill(words["start_" + one.kind], { title: title(one) }))),
      ),
    ),
    view.free.changed ? h("span", { class: "bc-place" }, words.changed) : null,
  );
}

function sketchNote(free, words) {
  return h(
    "div",
    { class: "bc-card", "data-key": "sketch", "data-testid": "sketch" },
    h("p", null, h("strong", null, words["tracks.sketch_" + free.sketch.id]), ": ", words[`tracks.sketch_${free.sketch.id}_text`]),
    h("p", { class: "bc-note" }, words.sketch_hint, " ", words["tracks.sketch_checked_" + free.sketch.checked]),
  );
}

function choose({ outbox, root }, criterion, value) {
  outbox.ask("set", { criterion, value });
  root.querySelector(`[data-testid="free-${criterion}-${value}"]`)?.focus();
}

function freeRow(criterion, state) {
  const { view, words, language } = state;
  const chosen = view.free.criteria[criterion];
  const moved = view.free.moves[criterion] ?? {};
  const names = Object.fromEntries(view.definitions.map((one) => [one.id, one.name[language]]));
  return h(
    "div",
    { class: "bc-sort-row", role: "radiogroup", "aria-label": words["tracks." + (FREE_NAMES[criterion] ?? criterion)], title: FREE_NAMES[criterion] ? null : words[`tracks.${criterion}_question`], "data-key": criterion, "data-criterion": criterion, "data-testid": "free-" + criterion },
    h("span", { class: "bc-sort-name" }, words["tracks." + (FREE_NAMES[criterion] ?? criterion)]),
    h(
      "div",
      { class: "bc-sort-values" },
      view.asked[criterion].map((value) => {
        const would = (moved[value] ?? []).map((id) => names[id]).join(", ");
        const hint = [valueHint(words, criterion, value), would ? fill(words.would_move, { definitions: would }) : ""].filter(Boolean).join(" ");
        return h(
          "button",
          { type: "button", class: "bc-button", role: "radio", tabindex: value === chosen ? 0 : -1, "aria-checked": String(value === chosen), title: hint, "data-key": value, "data-value": value, "data-testid": `free-${criterion}-${value}`, onclick: () => choose(state, criterion, value) },
          valueName(words, criterion, value),
          would ? h("span", { class: "bc-sort-dot" }, h("span", { "aria-hidden": "true" }, " •"), h("span", { class: "bc-hidden" }, fill(words.would_move, { definitions: would }))) : null,
        );
      }),
    ),
  );
}

function keepIt(state) {
  const { view, words, drafts, outbox, change } = state;
  const title = drafts.of("keep", "");
  const save = () => {
    if (!title.trim()) return;
    outbox.send("keep", "keep", { title, criteria: view.free.criteria });
    drafts.drop("keep");
    const field = state.root.querySelector("[data-testid=keep-title]");
    if (field) field.value = "";
    change({});
  };
  return h(
    "div",
    { "data-key": "keep" },
    h(
      "div",
      { class: "bc-sort-keep" },
      h("label", null, words.keep_title, h("input", { class: "bc-input", type: "text", maxlength: 80, "data-testid": "keep-title", value: title, oninput: (event) => { drafts.put("keep", event.target.value); change({}); }, onkeydown: (event) => event.key === "Enter" && save() })),
      h("button", { type: "button", class: "bc-button", "data-testid": "keep", disabled: !title.trim(), onclick: save }, words.keep),
    ),
    view.free.kept.length ? h("p", { class: "bc-sort-heading" }, words.kept_title) : null,
    view.free.kept.length ? h("ul", null, view.free.kept.map((one) => h("li", { "data-key": one.id }, one.title, " ", h("button", { type: "button", class: "bc-button", "data-testid": "forget-" + one.id, "aria-label": `${words.forget}: ${one.title}`, onclick: () => outbox.send("forget", "forget:" + one.id, { invention: one.id }) }, words.forget)))) : null,
  );
}

// --- the tracks ---------------------------------------------------------------------------------------------

function scores(state) {
  const { view, words, language } = state;
  if (!view.unit && !view.free) return null;
  const compared = view.definitions.some((one) => one.course);
  return h(
    "div",
    { class: "bc-sort-scores", "data-key": "scores" },
    h("p", { class: "bc-sort-heading" }, words.tracks_title),
    h("div", { class: "bc-sort-parting", "aria-live": "polite", "data-testid": "parting" }, partingLine(view, words, language)),
    h(
      "table",
      { class: "bc-sort-table", "data-testid": "tracks" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, words.definition), h("th", { scope: "col" }, view.free ? words.with_invented : words.with_yours), compared ? h("th", { scope: "col" }, words.course_reading) : null)),
      h("tbody", null, view.definitions.map((one) => definitionRow(one, state, compared))),
    ),
    view.free ? keepIt(state) : null,
  );
}

function partingLine(view, words, language) {
  if (!view.parting.length) return h("p", null, fill(words.not_yet, { count: view.definitions.filter((one) => one.own).length }));
  if (view.parting.length === 1) {
    const [only] = view.parting;
    return h("p", null, only.track ? fill(words.agree, { track: only.name[language] }) : words.agree_undecided);
  }
  return [
    h("p", null, words.part),
    h("ul", null, view.parting.map((group) => h("li", null, h("strong", null, group.name[language]), " – ", group.definitions.map((name) => name[language]).join(" · ")))),
  ];
}

function definitionRow(one, state, compared) {
  const { words, language } = state;
  return h(
    "tr",
    { "data-key": one.id, "data-testid": "track-" + one.id, "data-track": one.own?.track ?? null },
    h(
      "th",
      { scope: "row" },
      one.name[language],
      one.question[language]
        ? h("details", null, h("summary", { "aria-label": `${one.name[language]}: ${words.test}` }, words.test), h("p", null, one.text[language]), h("p", null, one.question[language]), one.sources.length ? h("p", { class: "bc-note" }, words.sources, " ", one.sources.join(", ")) : null)
        : null,
    ),
    h("td", null, one.own ? trackCell(one.own, language) : h("span", { class: "bc-sort-track", "data-open": true }, words.waits)),
    compared ? h("td", null, one.course ? courseCell(one.course, state) : null) : null,
  );
}

function trackCell(verdict, language) {
  return [h("span", { class: "bc-sort-track" }, verdict.name[language]), h("span", { class: "bc-sort-why" }, verdict.reason[language])];
}

function courseCell(course, { view, words, language }) {
  const row = (criterion) => view.reading.rows.find((one) => one.criterion === criterion);
  const one = (criterion) => {
    const { own, course: theirs } = row(criterion);
    return fill(words.made_one, { criterion: words["tracks." + criterion], own: own ? valueName(words, criterion, own) : words.your_open, course: valueName(words, criterion, theirs) });
  };
  const sets = course.madeIt.map((names) => names.map(one).join(` ${words.made_it_and} `)).join(`; ${words.made_it_or} `);
  return [
    ...trackCell(course, language),
    h("span", { class: "bc-sort-mark", "data-same": String(course.same) }, course.same ? "= " + words.same_track : "≠ " + words.other_track),
    sets ? h("span", { class: "bc-sort-made" }, words.made_it, " ", sets) : null,
  ];
}

// --- the course's reading -------------------------------------------------------------------------------------

function readingBeside({ view, words, language }) {
  const { reading } = view;
  return h(
    "div",
    { class: "bc-feedback", "data-key": "reading", "data-testid": "reading", role: "group", "aria-label": words.criteria_title },
    h("p", { class: "bc-sort-heading" }, words.criteria_title),
    h("p", null, differenceLine(view, words)),
    h(
      "table",
      { class: "bc-sort-table" },
      h("thead", null, h("tr", null, [words.criterion, words.you, words.course].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", null, reading.rows.map((row) => criterionRow(row, words))),
    ),
    h("p", null, h("strong", null, words.sat_there), " ", reading.sides.map((side, n) => [n ? " · " : "", `${words["tracks." + side.criterion]}: ${side.text[language]}`])),
    reading.note ? h("p", null, h("strong", null, words.contested), " ", reading.note[language]) : null,
    h("p", { class: "bc-note" }, words.status, ` ${words["status_" + reading.status]} (${words["checked_" + reading.checked]}). `, words.sources, " ", reading.sources.join(", ")),
    h("p", { class: "bc-note" }, words.reading_hint),
  );
}

function differenceLine(view, words) {
  const count = view.definitions.filter((one) => one.course && !one.course.same).length;
  if (count) return fill(words.tracks_differ, { count });
  return view.reading.rows.some((row) => row.own && row.own !== row.course) ? words.same_tracks : words.all_same;
}

function criterionRow(row, words) {
  const same = row.own === row.course;
  return h(
    "tr",
    { "data-key": row.criterion },
    h("th", { scope: "row" }, words["tracks." + row.criterion]),
    h("td", null, row.own ? valueName(words, row.criterion, row.own) : words.your_open),
    h("td", null, valueName(words, row.criterion, row.course), " ", row.own ? h("span", { class: "bc-sort-mark", "data-same": String(same) }, same ? "= " + words.same : "≠ " + words.differs) : null),
  );
}

function sorterFooter({ view, words, language, outbox }) {
  return h("div", { class: "bc-footer", "data-key": "footer" }, savedLine(outbox, words, view.saved, language), h("p", { class: "bc-keys" }, view.free ? words.keys_free : words.keys));
}

// --- keys -----------------------------------------------------------------------------------------------------

function freeKeys(state, event) {
  const criterion = event.target.closest("[data-criterion]")?.dataset.criterion;
  if (!criterion) return null;
  const values = state.view.asked[criterion];
  if (/^[1-9]$/.test(event.key)) {
    const value = values[Number(event.key) - 1];
    return value ? () => choose(state, criterion, value) : null;
  }
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!by) return null;
  const here = values.indexOf(event.target.dataset.value ?? state.view.free.criteria[criterion]);
  return () => choose(state, criterion, values[(here + by + values.length) % values.length]);
}

function sorterKeys(state, event) {
  const { view, outbox } = state;
  if (view.free) return freeKeys(state, event);
  if (!view.unit) return null;
  if (/^[1-9]$/.test(event.key)) {
    const value = view.unit.criterion ? view.asked[view.unit.criterion][Number(event.key) - 1] : null;
    // While the kernel is slow the old question still stands; the key may be meant for the next one.
    return value ? () => outbox.awaits(`answer:${view.unit.contact}/${view.unit.criterion}`) || reply(state, value) : null;
  }
  const commands = {
    n: () => outbox.ask("step", { by: 1 }),
    ArrowRight: () => outbox.ask("step", { by: 1 }),
    p: () => outbox.ask("step", { by: -1 }),
    ArrowLeft: () => outbox.ask("step", { by: -1 }),
    ArrowDown: () => outbox.ask("turn", { by: 1 }),
    ArrowUp: () => outbox.ask("turn", { by: -1 }),
    u: () => takeBack(state),
    ...(view.unit.sorted && !view.unit.compared ? { c: () => compareWith(state) } : {}),
  };
  return commands[event.key] ?? null;
}

export default { render: ({ model, el }) => mount({ model, el, name: "sorter", draw: sorter, keys: sorterKeys, start: {} }) };
