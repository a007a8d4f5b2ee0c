// The labeller: one claim in its passage, one question at a time, the guideline beside it.

const CONFIDENCES = ["low", "medium", "high"];

function labeller(state) {
  const { view, words, language } = state;
  return [
    bar(state),
    reportList(view.reports),
    view.unit ? h("div", { class: "bc-columns", "data-key": "columns" }, item(state), guide(view, words, language)) : h("p", { class: "bc-note", "data-key": "empty" }, words["empty_" + view.filter]),
    footer(state),
  ].filter(Boolean);
}

function bar({ view, words, outbox, local, change }) {
  const { progress } = view;
  const text = fill(words.progress, progress);
  return h(
    "div",
    { class: "bc-bar" },
    h("strong", { class: "bc-title" }, words["mode_" + view.mode]),
    h("label", { class: "bc-progress" }, h("progress", { max: progress.units, value: progress.labelled + progress.skipped, "aria-label": words.progress_name }), h("span", { "data-testid": "progress" }, text)),
    h(
      "label",
      null,
      words.filter,
      " ",
      h(
        "select",
        { class: "bc-select", "data-testid": "filter", onchange: (event) => outbox.ask("filter", { value: event.target.value }) },
        view.filters.map((filter) => h("option", { value: filter.id, selected: filter.id === view.filter }, `${words["filter_" + filter.id]} (${filter.count})`)),
      ),
    ),
    languageSwitch(words, local.textLanguage, (id) => change({ textLanguage: id })),
  );
}

function item(state) {
  const { view, words, language, local } = state;
  const { unit } = view;
  return h(
    "div",
    { class: "bc-item", "data-key": "item" },
    h("p", { class: "bc-hidden", "aria-live": "polite", "data-key": "here" }, `${fill(words.position, unit)}: ${view.guide.name[language]}`),
    h("p", { class: "bc-place" }, h("span", { class: "bc-badge" }, unit.label), ` ${unit.locator} · ${words["kind_" + unit.kind]} · ${fill(words.position, unit)} · ${fill(words.claim_id, unit)}`, unit.flagged ? h("span", { class: "bc-flag" }, " ⚑ " + words.flagged) : null),
    languagesOf(local.textLanguage).map((id) => h("p", { class: "bc-claim-text", lang: id, "data-testid": "claim-" + id, "data-claim": unit.claim }, unit.text[id])),
    unit.quote ? h("p", { class: "bc-quote" }, words.quote, " ", h("q", { lang: "de" }, unit.quote)) : null,
    unit.cues.length ? h("p", { class: "bc-cues" }, words.cues, " ", unit.cues.map((cue, n) => [n ? ", " : "", h("span", { class: "bc-cue", lang: "de" }, cue)])) : null,
    h(
      "details",
      { class: "bc-context", "data-key": "context", open: true },
      h("summary", null, words.passage),
      languagesOf(local.textLanguage).map((id) => reading(unit.passage[id], id, unit.position)),
      h("p", { class: "bc-legend" }, words.legend),
    ),
    dimensions(state),
    choices(state),
    feedback(view, words, language),
  );
}

function dimensions({ view, words, language, outbox }) {
  if (view.dimensions.length < 2) return null;
  return h(
    "div",
    { class: "bc-dimensions", "data-key": "dimensions", role: "group", "aria-label": words.dimensions },
    view.dimensions.map((dimension) =>
      h(
        "button",
        { type: "button", class: "bc-button bc-tab", "aria-current": dimension.id === view.unit.dimension ? "step" : null, "data-testid": "dimension-" + dimension.id, onclick: () => outbox.ask("go", { dimension: dimension.id }) },
        dimension.name[language],
        h("span", { class: "bc-own" }, " ", dimension.own ? dimension.own[language] : dimension.skipped ? words.skipped : words.open),
      ),
    ),
  );
}

const unitOf = (view) => `${view.unit.claim}/${view.unit.dimension}`;

/** The set a student is putting together before saving it, for dimensions that take several labels. */
function chosenOf({ view, drafts }) {
  return drafts.of(`set:${unitOf(view)}`, view.unit.own.labels);
}

/** Sets are kept in the codebook's order, so that equal sets look equal. */
function toggled(labels, id, order) {
  if (labels.includes(id)) return labels.filter((label) => label !== id);
  const next = id === "none" ? ["none"] : [...labels.filter((label) => label !== "none"), id];
  return order.filter((label) => next.includes(label));
}

function give(state, value) {
  const { view, outbox } = state;
  const { claim, dimension, own } = view.unit;
  outbox.send(value === null ? "skip" : "label", `label:${unitOf(view)}`, { claim, dimension, base: own.id, ...(value === null ? {} : { value }) });
}

function choose(state, label) {
  const { view, drafts, change } = state;
  if (view.locked) return;
  if (!view.unit.several) return give(state, label.id);
  drafts.put(`set:${unitOf(view)}`, toggled(chosenOf(state), label.id, view.labels.map((one) => one.id)));
  change({});
}

function saveSet(state) {
  const labels = chosenOf(state);
  if (labels.length) give(state, labels.join(";"));
}

function annotate({ view, outbox }, field, value) {
  const { claim, dimension } = view.unit;
  outbox.send("annotate", `${field}:${unitOf(view)}`, { claim, dimension, [field]: value });
}

function flag({ view, outbox }) {
  const { claim, flagged } = view.unit;
  outbox.send("flag", `flag:${claim}`, { claim, value: flagged ? "" : "yes" });
}

function choices(state) {
  const { view, words, language, drafts, outbox, change } = state;
  const { unit } = view;
  const chosen = chosenOf(state);
  const noteName = `note:${unitOf(view)}`;
  const named = { dimension: view.guide.name[language] };
  return h(
    "div",
    { class: "bc-choices", role: "group", "aria-label": unit.question[language], "data-key": "choices", "data-dimension": unit.dimension },
    h("p", { class: "bc-question" }, unit.question[language]),
    view.labels.map((label, n) =>
      h(
        "button",
        { type: "button", class: "bc-choice", "data-key": unit.dimension + label.id, "data-testid": "label-" + label.id, "aria-pressed": String(chosen.includes(label.id)), "data-own": words.your_answer, disabled: view.locked, onclick: () => choose(state, label) },
        h("kbd", { "aria-hidden": "true" }, n + 1),
        h("span", { class: "bc-choice-name" }, label.name[language]),
        h("span", { class: "bc-choice-definition" }, label.definition[language]),
      ),
    ),
    unit.several
      ? h("p", { class: "bc-note", "data-key": "set" }, h("button", { type: "button", class: "bc-button bc-primary", "data-testid": "save-set", disabled: view.locked || !chosen.length, onclick: () => saveSet(state) }, words.save_set), drafts.has(`set:${unitOf(view)}`, unit.own.labels) ? " " + words.set_unsaved : null)
      : null,
    h(
      "div",
      { class: "bc-aside", "data-key": "aside" },
      h(
        "div",
        { class: "bc-switch", role: "group", "aria-label": fill(words.confidence, named) },
        h("span", null, fill(words.confidence, named), " "),
        CONFIDENCES.map((id) => h("button", { type: "button", class: "bc-button", disabled: view.locked, "data-testid": "confidence-" + id, "aria-pressed": String(unit.own.confidence === id), onclick: () => annotate(state, "confidence", unit.own.confidence === id ? "" : id) }, words["confidence_" + id])),
      ),
      h(
        "label",
        { class: "bc-notefield" },
        h("span", null, fill(words.note, named), drafts.has(noteName, unit.own.note) ? " " + words.note_unsaved : null),
        h("textarea", {
          rows: 2,
          maxlength: 4000,
          "data-key": noteName,
          "data-testid": "note",
          disabled: view.locked,
          value: drafts.of(noteName, unit.own.note),
          oninput: (event) => {
            drafts.put(noteName, event.target.value);
            change({});
          },
          onchange: (event) => annotate(state, "note", event.target.value),
        }),
      ),
    ),
    h(
      "div",
      { class: "bc-actions", "data-key": "actions" },
      [
        ["previous", "p", () => outbox.ask("previous"), false],
        ["next", "n", () => outbox.ask("next"), false],
        ["skip", "s", () => give(state, null), view.locked],
        ["flag", "f", () => flag(state), view.reviewing],
        ["undo", "u", () => outbox.ask("undo", { base: view.undoable }), view.locked || !view.undoable],
      ].map(([id, key, run, disabled]) =>
        h("button", { type: "button", class: "bc-button", "data-testid": id, disabled, title: words[id + "_hint"], "aria-pressed": id === "flag" ? String(unit.flagged) : null, onclick: run }, words[id], " ", h("kbd", { "aria-hidden": "true" }, key)),
      ),
    ),
  );
}

function guide(view, words, language) {
  const guideline = view.guide;
  return h(
    "div",
    { class: "bc-guide", role: "group", "aria-label": words.guideline, "data-key": "guide" },
    h("p", { class: "bc-guide-name" }, guideline.name[language]),
    h("p", null, guideline.about[language]),
    h("details", { open: true }, h("summary", null, words.rules), h("ol", null, guideline.rules.map((rule) => h("li", null, rule[language])))),
    h("details", null, h("summary", null, words.examples), h("dl", null, view.labels.map((label) => [h("dt", null, label.name[language]), h("dd", null, h("span", { lang: "de" }, label.example.de), h("br"), h("span", { lang: "en" }, label.example.en))]))),
    guideline.confusions.length ? h("details", null, h("summary", null, words.confusions), h("ul", null, guideline.confusions.map((one) => h("li", null, h("strong", null, one.names[language]), " ", one.text[language])))) : null,
  );
}

/** The place of the feedback is always there, so that a screen reader notices what comes into it. */
function feedback(view, words, language) {
  const place = { role: "group", "aria-label": words.feedback, "aria-live": "polite", "data-key": "feedback" };
  const first = view.finishFirst.length ? h("p", { class: "bc-note", "data-testid": "finish-first" }, fill(words.finish_first, { block: view.finishFirst.join(", ") })) : null;
  const none = view.noReference ? h("p", { class: "bc-note", "data-testid": "no-reference" }, words["reference_" + view.noReference]) : null;
  if (!view.feedback.length) return h("div", place, first, none);
  return h(
    "div",
    { ...place, class: "bc-feedback", "data-testid": "feedback" },
    h("p", { class: "bc-feedback-title" }, words.feedback),
    first,
    view.feedback.map((one) =>
      h(
        "div",
        { class: "bc-verdict bc-" + one.verdict, "data-testid": "verdict-" + one.dimension, "data-verdict": one.verdict },
        h("p", null, h("strong", null, one.name[language]), " · ", h("span", { class: "bc-verdict-word" }, words["verdict_" + one.verdict])),
        h(
          "dl",
          null,
          h("dt", null, words.own),
          h("dd", null, one.own ? one.own.name[language] : words.skipped, one.own?.text ? [" – ", one.own.text[language]] : null),
          one.references.map((reference) => [h("dt", null, words[reference.status]), h("dd", null, h("strong", null, reference.name[language]), " – ", reference.byRule ? words.by_rule + " " : null, reference.reason[language])]),
          one.confusion ? [h("dt", null, words.difference), h("dd", null, one.confusion[language])] : null,
        ),
      ),
    ),
  );
}

function footer({ view, words, language, outbox }) {
  return h(
    "div",
    { class: "bc-footer", "data-key": "footer" },
    savedLine(outbox, words, view.saved, language),
    view.done ? h("p", { class: "bc-done", role: "status", "data-testid": "done" }, words["done_" + view.done]) : null,
    view.canFinish ? h("button", { type: "button", class: "bc-button bc-primary", "data-testid": "finish", onclick: () => outbox.send("finish", "finish", {}) }, words.finish) : null,
    h("p", { class: "bc-keys" }, words.keys),
  );
}

function labellerKeys(state, event) {
  const { view, drafts, outbox } = state;
  const { unit } = view;
  if (!unit) return null;
  const digit = /^[1-9]$/.test(event.key) ? view.labels[Number(event.key) - 1] : null;
  // While the kernel is slow the old question still stands; the key may be meant for the next one.
  if (digit) return () => outbox.awaits(`label:${unitOf(view)}`) || choose(state, digit);
  if (event.key === "Enter" && !/^(BUTTON|SUMMARY)$/.test(event.target.tagName))
    return unit.several && drafts.has(`set:${unitOf(view)}`, unit.own.labels) ? () => saveSet(state) : () => outbox.ask("next");
  const commands = {
    n: () => outbox.ask("next"),
    p: () => outbox.ask("previous"),
    ArrowRight: () => outbox.ask("next"),
    ArrowLeft: () => outbox.ask("previous"),
    ...(view.reviewing ? {} : { f: () => flag(state) }),
    ...(view.locked ? {} : { u: () => outbox.ask("undo", { base: view.undoable }), s: () => give(state, null) }),
  };
  return commands[event.key] ?? null;
}

export default { render: ({ model, el }) => mount({ model, el, name: "labeller", draw: labeller, keys: labellerKeys, start: {} }) };
