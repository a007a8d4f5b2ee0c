// The debate board. What is typed stays in the page as a draft until the journal has it. Each own argument
// has an id of its own from its first letter on, so that a draft and its saved line know one another.

const SHOWN = 8;

function debate(state) {
  const { view, words, language, outbox } = state;
  const form = formOf(state);
  return [
    bar(state),
    reportList(view.reports),
    view.unreadable.map((line) => h("p", { class: "bc-note" }, line)),
    h("p", { class: "bc-debate-purpose", "data-key": "purpose" }, words.purpose),
    part(state),
    h("div", { class: "bc-columns", "data-key": "columns" }, h("div", { class: "bc-item" }, writer(state, form)), panel(state)),
    board(state),
    voices(state),
    strongest(state),
    h(
      "div",
      { class: "bc-footer", "data-key": "footer" },
      savedLine(outbox, words, view.saved, language),
      view.complete ? h("p", { class: "bc-done", role: "status", "data-testid": "complete" }, words.complete) : null,
      h("p", { class: "bc-keys" }, words.keys),
    ),
  ]
    .flat()
    .filter(Boolean);
}

function bar({ view, words, outbox }) {
  const done = view.steps.filter((step) => step.done).length;
  const text = fill(words.progress, { done, total: view.steps.length });
  return h(
    "div",
    { class: "bc-bar", "data-key": "bar" },
    h("strong", { class: "bc-title" }, words.title),
    h("span", { class: "bc-progress" }, h("progress", { max: view.steps.length, value: done, "aria-label": words.steps }), h("span", { "data-testid": "progress" }, text)),
    h("button", { type: "button", class: "bc-button bc-debate-undo", "data-testid": "undo", disabled: !view.undoable, onclick: () => undo(view, outbox) }, words.undo, " ", h("kbd", { "aria-hidden": "true" }, "u")),
  );
}

function undo(view, outbox) {
  if (view.undoable) outbox.ask("undo", { base: view.undoable });
}

// --- role and position ----------------------------------------------------------------------------------

function part(state) {
  const { view, words } = state;
  return h(
    "div",
    { class: "bc-debate-part", "data-key": "part" },
    choice(state, "role"),
    h("p", { class: "bc-note", "data-key": "ask" }, view.role.chosen ? words["ask_" + view.role.chosen] : words.no_role),
    choice(state, "position"),
  );
}

function choice({ view, words, outbox }, field) {
  const { options, chosen, base } = view[field];
  return h(
    "div",
    { class: "bc-switch", role: "group", "aria-label": words[field] },
    h("span", { class: "bc-debate-label" }, words[field]),
    options.map((id) => h("button", { type: "button", class: "bc-button", "data-testid": `${field}-${id}`, "aria-pressed": String(chosen === id), onclick: () => chosen !== id && outbox.send(field, field, { value: id, base }) }, words[`${field}_${id}`])),
  );
}

// --- the form -------------------------------------------------------------------------------------------

const fresh = () => "mine-" + Math.random().toString(36).slice(2, 8).padEnd(6, "0");
const plain = ({ item, sentence, position, evidence, answers }) => ({ item, sentence, position, evidence, answers });
const argumentOf = (view, id) => view.arguments.find((one) => one.id === id);
const ownOf = (view, id) => view.arguments.find((one) => one.own && one.id === id);
const tidy = (text) => text.trim().split(/\s+/).join(" ");

function standing(view, item) {
  const found = ownOf(view, item);
  return found && plain({ ...found, item, sentence: found.sentence.en });
}

/** Return what the form holds: the draft of a new argument, or of a change to one. */
function formOf({ view, drafts, local }) {
  adoptSaved(view, drafts, local);
  if (local.editing && !ownOf(view, local.editing)) local.editing = "";
  if (local.editing) {
    const stands = standing(view, local.editing);
    const values = drafts.of(local.editing, stands);
    if (values !== stands || local.saving !== local.editing) return { isNew: false, values, dirty: values !== stands };
    local.editing = local.saving = ""; // the change is in the journal: the form is free again
  }
  const empty = { item: local.item, sentence: "", position: view.position.chosen, evidence: [], answers: "" };
  const draft = drafts.of("new", null);
  return { isNew: true, values: draft ?? empty, dirty: Boolean(draft) };
}

/** A new argument that stands in the journal needs no draft; what was typed since is a change to it. */
function adoptSaved(view, drafts, local) {
  const draft = drafts.of("new", null);
  const stands = draft && standing(view, draft.item);
  if (!stands) return;
  drafts.drop("new");
  local.item = fresh();
  if (JSON.stringify(draft) === JSON.stringify(stands)) return;
  drafts.put(draft.item, draft);
  local.editing = draft.item;
}

/** Keep what is typed; a new argument without a word or a choice of its own is no draft. */
function put({ drafts, change }, form, fields) {
  const values = plain({ ...form.values, ...fields });
  const blank = form.isNew && !values.sentence && !values.evidence.length && !values.answers;
  if (blank) drafts.drop("new");
  else drafts.put(form.isNew ? "new" : values.item, values);
  change({});
}

const isReady = ({ values, dirty }) => dirty && tidy(values.sentence) && values.position;

function save(state, form) {
  if (!isReady(form)) return;
  const { view, outbox, local } = state;
  const { item, position, evidence, answers } = form.values;
  const sentence = tidy(form.values.sentence);
  local.saving = item;
  put(state, form, { sentence });
  outbox.send("save", "argument:" + item, { item, sentence, position, evidence, answers, value: sentence, base: ownOf(view, item)?.base ?? "" });
}

function giveUp({ view, drafts, local, change }, form) {
  drafts.drop(form.isNew ? "new" : form.values.item);
  change({ editing: "", query: "", item: form.isNew ? fresh() : local.item });
}

function focusOn(root, testid) {
  root.querySelector(`[data-testid="${testid}"]`)?.focus();
}

function edit({ root, change }, id) {
  change({ editing: id, query: "", saving: "" });
  focusOn(root, "sentence");
}

/** Open a new argument that answers another; its position is the own one, unless that would be the same side. */
function answer(state, id) {
  const { view, root, local } = state;
  local.editing = "";
  const form = formOf(state);
  const same = argumentOf(view, id).position === view.position.chosen;
  put(state, form, { answers: id, position: form.values.sentence ? form.values.position : same ? "" : view.position.chosen });
  focusOn(root, "sentence");
}

function writer(state, form) {
  const { view, words } = state;
  const { values, isNew, dirty } = form;
  const heading = isNew ? words.write_new : fill(words.write_edit, { number: ownOf(view, values.item).number });
  return h(
    "div",
    { class: "bc-debate-form", role: "group", "aria-label": heading, "data-key": "form-" + values.item },
    h("p", { class: "bc-guide-name" }, heading),
    h(
      "label",
      { class: "bc-notefield" },
      h("span", { class: "bc-question" }, words.sentence),
      h("textarea", { rows: 3, maxlength: view.limits.sentence, "data-testid": "sentence", value: values.sentence, oninput: (event) => put(state, form, { sentence: event.target.value }) }),
    ),
    values.sentence.length > view.limits.sentence - 100 ? h("p", { class: "bc-note" }, fill(words.letters_left, { left: view.limits.sentence - values.sentence.length })) : null,
    h(
      "div",
      { class: "bc-switch bc-debate-row", role: "group", "aria-label": words.speaks_for },
      h("span", { class: "bc-debate-label" }, words.speaks_for),
      view.position.options.map((id) => h("button", { type: "button", class: "bc-button", "data-testid": "for-" + id, "aria-pressed": String(values.position === id), onclick: () => put(state, form, { position: id }) }, words["position_" + id])),
    ),
    h("label", { class: "bc-debate-row bc-debate-pick" }, h("span", { class: "bc-debate-label" }, words.answers), targets(state, values.answers, values.item, words.answers_none, "answers", (id) => put(state, form, { answers: id }))),
    search(state, form),
    h(
      "div",
      { class: "bc-actions bc-debate-row" },
      h("button", { type: "button", class: "bc-button bc-primary", "data-testid": "save", disabled: !isReady(form), onclick: () => save(state, form) }, isNew ? words.save : words.save_edit),
      dirty || !isNew ? h("button", { type: "button", class: "bc-button", "data-testid": "give-up", onclick: () => giveUp(state, form) }, isNew ? words.clear : words.cancel) : null,
      h("span", { class: "bc-note bc-beside" }, dirty ? (isReady(form) ? words.unsaved : `${words.unsaved} ${words.needs}`) : ""),
    ),
  );
}

/** Choose an argument on the board. The list is drawn anew for each choice, so that it shows what is chosen. */
function targets({ view, words }, chosen, except, none, testid, choose) {
  const options = [...view.arguments].filter((one) => one.id !== except).sort((a, b) => a.number - b.number);
  const known = options.some((one) => one.id === chosen);
  return h(
    "select",
    { class: "bc-select", "data-key": `${testid}-${chosen}-${options.length}`, "data-testid": testid, onchange: (event) => choose(event.target.value) },
    h("option", { value: "", selected: !chosen }, none),
    chosen && !known ? h("option", { value: chosen, selected: true }, words.answers_gone) : null,
    options.map((one) => h("option", { value: one.id, selected: one.id === chosen }, `${one.number} · ${words["position_" + one.position]}: ${shortened(one.sentence[view.language])}`)),
  );
}

function shortened(text, most = 70) {
  return text.length > most ? text.slice(0, most - 1).trimEnd() + "…" : text;
}

// --- evidence -------------------------------------------------------------------------------------------

const haystacks = new WeakMap();

function haystack(entry) {
  if (!haystacks.has(entry)) haystacks.set(entry, `${entry.id} ${entry.place} ${entry.text.en} ${entry.text.de}`.toLowerCase());
  return haystacks.get(entry);
}

/** All entries with every word asked for; those of a place that is named come first. */
function found(catalogue, query, kind, cited) {
  const asked = query.trim().toLowerCase();
  const wanted = asked.split(/\s+/);
  const fit = catalogue.filter((entry) => (kind === "all" || entry.kind === kind) && !cited.includes(entry.id) && wanted.every((word) => haystack(entry).includes(word)));
  const rank = (entry) => (entry.id === asked || entry.place.toLowerCase() === asked ? 0 : 1);
  return fit.sort((a, b) => rank(a) - rank(b));
}

function search(state, form) {
  const { view, words, local, change, catalogue } = state;
  const cited = form.values.evidence;
  const full = cited.length >= view.limits.evidence;
  const all = local.query.trim() && !full ? found(catalogue, local.query, local.kind, cited) : [];
  const hits = all.slice(0, SHOWN);
  const at = Math.min(local.at, hits.length - 1);
  const listId = `${view.activity}-evidence-list`;
  const clear = (event) => {
    event.target.value = "";
    change({ query: "", at: 0 });
  };
  const cite = (entry) => {
    Object.assign(local, { query: "", at: 0 });
    put(state, form, { evidence: [...cited, entry.id] });
  };
  const press = (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && hits.length) change({ at: (at + moves[event.key] + hits.length) % hits.length });
    else if (event.key === "Enter" && hits[at]) {
      event.target.value = "";
      cite(hits[at]);
    } else if (event.key === "Escape" && local.query) clear(event);
    else return;
    event.preventDefault();
  };
  return h(
    "div",
    { class: "bc-debate-evidence", role: "group", "aria-label": words.evidence },
    h("p", { class: "bc-question" }, words.evidence),
    cited.length ? h("ul", { class: "bc-debate-cited", "data-testid": "cited" }, cited.map((id) => citedInForm(state, form, id))) : h("p", { class: "bc-note" }, words.evidence_none),
    h(
      "div",
      { class: "bc-debate-search" },
      h(
        "label",
        { class: "bc-notefield" },
        h("span", null, words.search),
        h("input", {
          type: "text", class: "bc-input", role: "combobox", autocomplete: "off", "data-testid": "search", placeholder: words.search_hint, value: local.query, disabled: full,
          "aria-autocomplete": "list", "aria-expanded": String(hits.length > 0), "aria-controls": listId, "aria-activedescendant": hits.length ? `${listId}-${at}` : null,
          oninput: (event) => change({ query: event.target.value, at: 0 }),
          onkeydown: press,
        }),
      ),
      h(
        "label",
        { class: "bc-debate-kind" },
        h("span", null, words.kind),
        h("select", { class: "bc-select", "data-testid": "kind", onchange: (event) => change({ kind: event.target.value, at: 0 }) }, ["all", "claim", "source"].map((id) => h("option", { value: id, selected: id === local.kind }, words["kind_" + id]))),
      ),
    ),
    h("p", { class: "bc-note", "aria-live": "polite", "data-testid": "results" }, full ? fill(words.evidence_full, { most: view.limits.evidence }) : resultLine(words, local.query, hits.length, all.length)),
    h(
      "ul",
      { class: hits.length ? "bc-debate-hits" : "bc-hidden", role: "listbox", id: listId, "aria-label": words.evidence },
      hits.map((entry, n) => h("li", { role: "option", id: `${listId}-${n}`, "data-key": entry.id, "data-testid": "hit-" + entry.id, "aria-selected": String(n === at), onclick: () => cite(entry) }, entryLine(entry, state))),
    ),
  );
}

function resultLine(words, query, shown, total) {
  if (!query.trim()) return "";
  if (!total) return words.results_none;
  return fill(shown < total ? words.results : words.results_all, { shown, total });
}

/** A piece of evidence in words: where it stands, what it says, and how well a source was checked. */
function entryLine(entry, { words, language }) {
  const checked = words["checked_" + entry.checked];
  return [h("span", { class: "bc-badge" }, entry.place || words.source_badge), " ", entry.text[language], checked ? h("span", { class: "bc-flag" }, ` (${checked})`) : null];
}

function citedInForm(state, form, id) {
  const { words, catalogue } = state;
  const entry = catalogue.find((one) => one.id === id);
  const drop = () => put(state, form, { evidence: form.values.evidence.filter((one) => one !== id) });
  return h("li", { "data-key": id }, h("span", null, entry ? entryLine(entry, state) : id), h("button", { type: "button", class: "bc-button", "data-testid": "uncite-" + id, "aria-label": fill(words.uncite, { evidence: entry?.place || id }), onclick: drop }, "×"));
}

// --- what the board shows -------------------------------------------------------------------------------

function panel({ view, words, root, catalogue, language }) {
  return h(
    "div",
    { class: "bc-guide", role: "group", "aria-label": words.shows, "data-key": "panel" },
    h("p", { class: "bc-guide-name" }, words.steps),
    h("ol", { class: "bc-debate-steps" }, view.steps.map((step) => h("li", { class: step.done ? "bc-debate-done" : null, "data-testid": "step-" + step.id, "data-done": String(step.done) }, h("span", { "aria-hidden": "true" }, step.done ? "✓ " : "○ "), words["step_" + step.id], h("span", { class: "bc-hidden" }, ` (${step.done ? words.step_done : words.step_open})`)))),
    h("p", { class: "bc-guide-name" }, words.balance),
    balance(view, words),
    h("p", { class: "bc-guide-name" }, words.gaps),
    gaps(view, words, root),
    view.findings.shared.length
      ? [
          h("p", { class: "bc-guide-name" }, words.gap_shared),
          h("ul", { "data-testid": "shared" }, view.findings.shared.map((one) => h("li", { "data-key": one.evidence }, sharedName(catalogue, one.evidence, language), " ", one.arguments.map((id) => jump(view, words, root, id))))),
        ]
      : null,
  );
}

function sharedName(catalogue, id, language) {
  const entry = catalogue.find((one) => one.id === id);
  return entry ? entry.place || shortened(entry.text[language], 60) : id;
}

function balance(view, words) {
  const most = Math.max(4, ...view.findings.balance.map((row) => row.own + row.voices));
  return h(
    "ul",
    { class: "bc-debate-balance", "data-testid": "balance" },
    view.findings.balance.map((row) =>
      h(
        "li",
        null,
        fill(words.balance_line, { ...row, position: words["position_" + row.position] }),
        h("span", { class: "bc-debate-bar", "aria-hidden": "true" }, h("span", { class: "bc-debate-mine", style: `width:${(100 * row.own) / most}%` }), h("span", { class: "bc-debate-lent", style: `width:${(100 * row.voices) / most}%` })),
      ),
    ),
  );
}

function gaps(view, words, root) {
  const { findings, position } = view;
  const isOther = (id) => position.chosen && argumentOf(view, id).position !== position.chosen;
  const rows = [
    ["gap_unsupported", findings.unsupported],
    [position.chosen ? "gap_unanswered_other" : "gap_unanswered", findings.unanswered.filter((id) => !position.chosen || isOther(id))],
    ["gap_unanswered_own", findings.unanswered.filter((id) => position.chosen && !isOther(id))],
    ["gap_same_side", findings.sameSide.map(([id]) => id)],
    ["gap_gone", findings.gone],
    ...findings.cycles.map((circle) => ["gap_cycle", circle]),
  ].filter(([, ids]) => ids.length);
  if (!rows.length) return h("p", { "data-testid": "gaps" }, words.gaps_none);
  return h("ul", { "data-testid": "gaps" }, rows.map(([key, ids]) => h("li", { "data-key": key, "data-testid": key }, words[key], ": ", ids.map((id) => jump(view, words, root, id)))));
}

function jump(view, words, root, id) {
  const { number } = argumentOf(view, id);
  return h("button", { type: "button", class: "bc-button bc-debate-jump", "aria-label": fill(words.go_to, { number }), onclick: () => root.querySelector(`[data-argument="${id}"]`)?.focus() }, number);
}

// --- the board ------------------------------------------------------------------------------------------

function board(state) {
  const { view, words } = state;
  return h(
    "div",
    { class: "bc-debate-board", role: "group", "aria-label": words.board, "data-key": "board" },
    h("p", { class: "bc-guide-name" }, words.board),
    view.arguments.length ? view.arguments.map((one) => card(one, state)) : h("p", { class: "bc-note", "data-testid": "empty" }, words.board_empty),
  );
}

function card(one, state) {
  const { view, words, language, local, change } = state;
  const by = one.own ? words.you : words["role_" + one.role];
  return h(
    "div",
    {
      class: one.own ? "bc-debate-card bc-debate-own" : "bc-debate-card",
      style: `margin-inline-start:${Math.min(one.depth, 4) * 26}px`,
      role: "group", tabindex: -1, "aria-label": `${one.number}: ${one.sentence[language]}`,
      "data-key": one.id, "data-argument": one.id, "data-testid": "argument-" + one.id,
    },
    h("p", { class: "bc-place" }, h("span", { class: "bc-badge" }, one.number), " ", h("strong", { class: "bc-debate-position" }, words["position_" + one.position]), ` · ${by}`, answersWhat(one, state), flags(one, state).map((flag) => [" · ", h("span", { class: "bc-flag" }, flag)])),
    h("p", { class: "bc-debate-sentence" }, one.sentence[language]),
    one.evidence.length ? h("details", { "data-key": "evidence" }, h("summary", null, fill(words.cited, { count: one.evidence.length })), h("ul", null, one.evidence.map((id) => h("li", null, evidenceWords(id, state))))) : null,
    !one.own && one.id !== view.strongest.chosen ? bestCase(one, words, language) : null,
    local.removing === one.id
      ? h(
          "div",
          { class: "bc-actions", "data-key": "sure" },
          h("button", { type: "button", class: "bc-button bc-primary", "data-testid": "sure-" + one.id, onclick: () => remove(state, one) }, words.remove_sure),
          h("button", { type: "button", class: "bc-button", "data-testid": "keep-" + one.id, onclick: () => change({ removing: "" }) }, words.remove_keep),
        )
      : h(
          "div",
          { class: "bc-actions", "data-key": "actions" },
          h("button", { type: "button", class: "bc-button", "data-testid": "answer-" + one.id, onclick: () => answer(state, one.id) }, words.answer),
          one.own ? h("button", { type: "button", class: "bc-button", "data-testid": "edit-" + one.id, onclick: () => edit(state, one.id) }, words.edit) : null,
          h("button", { type: "button", class: "bc-button", "data-testid": "remove-" + one.id, onclick: () => askToRemove(state, one) }, words.remove),
        ),
  );
}

function answersWhat(one, { view, words }) {
  if (!one.answers) return null;
  const answered = argumentOf(view, one.answers);
  return " · " + (answered ? fill(words.answers_number, answered) : words.answers_gone);
}

function flags(one, { view, words, drafts }) {
  const { findings, strongest, position } = view;
  // What nobody has challenged on the own side is no fault of the card; the panel lists it.
  const isOpen = findings.unanswered.includes(one.id) && one.position !== position.chosen;
  return [
    findings.unsupported.includes(one.id) && words.flag_unsupported,
    isOpen && words.flag_unanswered,
    findings.sameSide.some(([id]) => id === one.id) && words.flag_same_side,
    strongest.chosen === one.id && words.flag_strongest,
    one.own && drafts.has(one.id, standing(view, one.id)) && words.flag_draft,
  ].filter(Boolean);
}

function evidenceWords(id, state) {
  const entry = state.catalogue.find((one) => one.id === id);
  return entry ? entryLine(entry, state) : id;
}

function bestCase(one, words, language) {
  if (!one.bestCase) return h("p", { class: "bc-note", "data-key": "later" }, words.best_case_later);
  return h("details", { "data-key": "best", "data-testid": "best-" + one.id }, h("summary", null, words.best_case), h("p", null, one.bestCase[language]));
}

function askToRemove({ root, change }, one) {
  change({ removing: one.id });
  focusOn(root, "sure-" + one.id);
}

function remove({ outbox, drafts, local }, one) {
  local.removing = "";
  drafts.drop(one.id);
  outbox.send("remove", "argument:" + one.id, { item: one.id, base: one.base });
}

// --- the other side -------------------------------------------------------------------------------------

function voices(state) {
  const { view, words, local, change } = state;
  if (!view.position.chosen) return h("p", { class: "bc-note", "data-key": "voices-first" }, words.voices_first);
  const roles = [...new Set(view.voices.map((one) => one.role))];
  const shown = view.voices.filter((one) => local.voiceRole === "all" || one.role === local.voiceRole);
  return h(
    "details",
    { class: "bc-context", "data-key": "voices", "data-testid": "voices" },
    h("summary", null, fill(words.voices, { count: view.voices.length })),
    h("p", { class: "bc-note" }, view.voices.length ? words.voices_about : words.voices_none),
    h(
      "div",
      { class: "bc-aside" },
      h("label", null, words.voices_role, " ", h("select", { class: "bc-select", "data-testid": "voice-role", onchange: (event) => change({ voiceRole: event.target.value }) }, ["all", ...roles].map((id) => h("option", { value: id, selected: id === local.voiceRole }, id === "all" ? words.voices_all : words["role_" + id])))),
      h("label", { class: "bc-debate-pick" }, h("span", null, words.against, " "), targets(state, argumentOf(view, local.against) ? local.against : "", "", words.against_none, "against", (id) => change({ against: id }))),
    ),
    h("ul", { class: "bc-debate-voices" }, shown.map((one) => voice(one, state))),
  );
}

function voice(one, { view, words, language, local, outbox }) {
  const against = argumentOf(view, local.against) ? local.against : "";
  const take = () => outbox.send("take", "argument:" + one.id, { item: one.id, against, base: "" });
  return h(
    "li",
    { "data-key": one.id },
    h("button", { type: "button", class: "bc-button", "data-testid": "take-" + one.id, "aria-label": `${words.take}: ${one.sentence[language]}`, onclick: take }, words.take),
    h("span", null, one.sentence[language], " ", h("span", { class: "bc-place" }, `${words["position_" + one.position]} · ${words["role_" + one.role]}`)),
  );
}

function strongest(state) {
  const { view, words, language, outbox } = state;
  const { chosen, base, candidates, rebuttals, cases } = view.strongest;
  const name = (id) => id !== chosen && outbox.send("strongest", "strongest", { value: id, base });
  const numbers = rebuttals.map((id) => argumentOf(view, id).number).join(", ");
  return h(
    "div",
    { class: "bc-debate-strongest", role: "group", "aria-label": words.strongest, "data-key": "strongest", "data-testid": "strongest" },
    h("p", { class: "bc-guide-name" }, words.strongest),
    h("p", candidates.length ? { class: "bc-question" } : { class: "bc-note" }, candidates.length ? words.strongest_ask : words.strongest_first),
    candidates.map((id) => {
      const one = argumentOf(view, id);
      return h(
        "button",
        { type: "button", class: "bc-choice", "data-key": id, "data-testid": "strongest-" + id, "aria-pressed": String(id === chosen), "data-own": words.flag_strongest, onclick: () => name(id) },
        h("span", { class: "bc-badge" }, one.number),
        h("span", { class: "bc-choice-name" }, one.sentence[language]),
      );
    }),
    h(
      "div",
      { "aria-live": "polite", "data-key": "face" },
      chosen && !rebuttals.length ? h("p", null, h("button", { type: "button", class: "bc-button bc-primary", "data-testid": "answer-strongest", onclick: () => answer(state, chosen) }, words.strongest_answer), " ", h("span", { class: "bc-note" }, words.strongest_later)) : null,
      rebuttals.length ? h("p", { class: "bc-note" }, fill(words.strongest_answered, { arguments: numbers })) : null,
      cases.length ? h("div", { class: "bc-card", "data-testid": "cases" }, h("p", { class: "bc-guide-name" }, words.strongest_cases), cases.map((one) => h("p", null, h("strong", null, one.sentence[language]), ` (${words["role_" + one.role]}) – `, one.text[language]))) : null,
    ),
  );
}

// --- keys -----------------------------------------------------------------------------------------------

function debateKeys(state, event) {
  const { view, root, outbox } = state;
  const here = event.target.closest("[data-argument]")?.dataset.argument;
  const one = here && argumentOf(view, here);
  const cards = [...root.querySelectorAll("[data-argument]")];
  const step = (by) => () => {
    const at = cards.findIndex((element) => element.dataset.argument === here);
    cards[at < 0 ? (by > 0 ? 0 : cards.length - 1) : Math.max(0, Math.min(cards.length - 1, at + by))].focus();
  };
  const commands = {
    n: () => {
      state.change({ editing: "", query: "" });
      focusOn(root, "sentence");
    },
    u: () => undo(view, outbox),
    ...(cards.length ? { ArrowDown: step(1), ArrowUp: step(-1) } : {}),
    ...(one ? { a: () => answer(state, here), r: () => askToRemove(state, one) } : {}),
    ...(one?.own ? { e: () => edit(state, here) } : {}),
  };
  return commands[event.key] ?? null;
}

export default {
  render: ({ model, el }) => {
    const withData = (state) => ({ ...state, catalogue: model.get("catalogue"), view: { ...state.view, language: state.language } });
    const start = { item: fresh(), editing: "", saving: "", removing: "", query: "", kind: "all", at: 0, voiceRole: "all", against: "" };
    return mount({ model, el, name: "debate", draw: (state) => debate(withData(state)), keys: (state, event) => debateKeys(withData(state), event), start });
  },
};
