// The labeller: one claim in its passage, one question at a time, the guideline beside it.

const CONFIDENCES = ["low", "medium", "high"];

function labeller({ view, words, language, outbox, local, change, act }) {
  return [
    bar(view, words, local, change, act),
    reportList(view.reports),
    view.unit ? h("div", { class: "bc-columns" }, item(view, words, language, local, change, act), guide(view, words, language)) : h("p", { class: "bc-note" }, words["empty_" + view.filter]),
    footer(view, words, language, outbox, act),
  ].filter(Boolean);
}

function bar(view, words, local, change, act) {
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
        { class: "bc-select", "data-testid": "filter", onchange: (event) => act("filter", { value: event.target.value }) },
        view.filters.map((filter) => h("option", { value: filter.id, selected: filter.id === view.filter }, `${words["filter_" + filter.id]} (${filter.count})`)),
      ),
    ),
    languageSwitch(words, local.textLanguage, (id) => change({ textLanguage: id })),
  );
}

function item(view, words, language, local, change, act) {
  const { unit } = view;
  return h(
    "div",
    { class: "bc-item" },
    h("p", { class: "bc-place" }, h("span", { class: "bc-badge" }, unit.label), ` ${unit.locator} · ${words["kind_" + unit.kind]} · ${unit.claim} · ${fill(words.position, unit)}`, unit.flagged ? h("span", { class: "bc-flag" }, " ⚑ " + words.flagged) : null),
    languagesOf(local.textLanguage).map((id) => h("p", { class: "bc-claim-text", lang: id, "data-testid": "claim-" + id, "data-claim": unit.claim }, unit.text[id])),
    unit.quote ? h("p", { class: "bc-quote" }, words.quote, " ", h("q", { lang: "de" }, unit.quote)) : null,
    unit.cues.length ? h("p", { class: "bc-cues" }, words.cues, " ", unit.cues.map((cue, n) => [n ? ", " : "", h("span", { class: "bc-cue", lang: "de" }, cue)])) : null,
    h(
      "details",
      { class: "bc-context", open: true },
      h("summary", null, words.passage),
      languagesOf(local.textLanguage).map((id) => reading(unit.passage[id], id, unit.position)),
      h("p", { class: "bc-legend" }, words.legend),
    ),
    dimensions(view, words, language, act),
    choices(view, words, language, local, change, act),
    view.feedback.length ? feedback(view, words, language) : null,
  );
}

function dimensions(view, words, language, act) {
  if (view.dimensions.length < 2) return null;
  return h(
    "div",
    { class: "bc-dimensions", role: "group", "aria-label": words.dimensions },
    view.dimensions.map((dimension) =>
      h(
        "button",
        { type: "button", class: "bc-button bc-tab", "aria-current": dimension.id === view.unit.dimension ? "step" : null, "data-testid": "dimension-" + dimension.id, onclick: () => act("go", { dimension: dimension.id }) },
        dimension.name[language],
        h("span", { class: "bc-own" }, " ", dimension.own ? dimension.own[language] : dimension.skipped ? words.skipped : words.open),
      ),
    ),
  );
}

/** The set a student is putting together before saving it, for dimensions that take several labels. */
function draftOf(view, local) {
  const unit = view.unit;
  return local.draft?.unit === unit.claim + unit.dimension ? local.draft.labels : unit.own.labels;
}

function toggled(labels, id) {
  if (labels.includes(id)) return labels.filter((label) => label !== id);
  return id === "none" ? ["none"] : [...labels.filter((label) => label !== "none"), id];
}

function choose(view, local, change, act, label) {
  const { unit } = view;
  if (view.locked) return;
  if (!unit.several) return act("label", { claim: unit.claim, dimension: unit.dimension, value: label.id, confidence: unit.own.confidence, note: noteOf(view, local) });
  change({ draft: { unit: unit.claim + unit.dimension, labels: toggled(draftOf(view, local), label.id) } });
}

function noteOf(view, local) {
  return local.note?.unit === view.unit.claim + view.unit.dimension ? local.note.text : view.unit.own.note;
}

function saveSet(view, local, act) {
  const { unit } = view;
  const labels = draftOf(view, local);
  if (labels.length) act("label", { claim: unit.claim, dimension: unit.dimension, value: labels.join(";"), confidence: unit.own.confidence, note: noteOf(view, local) });
}

function choices(view, words, language, local, change, act) {
  const { unit } = view;
  const chosen = draftOf(view, local);
  const annotate = (fields) => act("annotate", { claim: unit.claim, dimension: unit.dimension, confidence: unit.own.confidence, note: noteOf(view, local), ...fields });
  return h(
    "div",
    { class: "bc-choices", role: "group", "aria-label": unit.question[language], "data-dimension": unit.dimension },
    h("p", { class: "bc-question" }, unit.question[language]),
    view.labels.map((label, n) =>
      h(
        "button",
        { type: "button", class: "bc-choice", "data-key": unit.dimension + label.id, "data-testid": "label-" + label.id, "aria-pressed": String(chosen.includes(label.id)), disabled: view.locked, onclick: () => choose(view, local, change, act, label) },
        h("kbd", { "aria-hidden": "true" }, n + 1),
        h("span", { class: "bc-choice-name" }, label.name[language]),
        h("span", { class: "bc-choice-definition" }, label.definition[language]),
      ),
    ),
    unit.several ? h("button", { type: "button", class: "bc-button bc-primary", "data-testid": "save-set", disabled: view.locked || !chosen.length, onclick: () => saveSet(view, local, act) }, words.save_set) : null,
    h(
      "div",
      { class: "bc-aside" },
      h(
        "div",
        { class: "bc-switch", role: "group", "aria-label": words.confidence },
        h("span", null, words.confidence, " "),
        CONFIDENCES.map((id) => h("button", { type: "button", class: "bc-button", disabled: view.locked, "data-testid": "confidence-" + id, "aria-pressed": String(unit.own.confidence === id), onclick: () => annotate({ confidence: unit.own.confidence === id ? "" : id }) }, words["confidence_" + id])),
      ),
      h(
        "label",
        { class: "bc-notefield" },
        h("span", null, words.note),
        h("textarea", { rows: 2, maxlength: 4000, "data-key": "note" + unit.claim + unit.dimension, "data-testid": "note", disabled: view.locked, value: noteOf(view, local), oninput: (event) => (local.note = { unit: unit.claim + unit.dimension, text: event.target.value }), onchange: (event) => annotate({ note: event.target.value }) }),
      ),
    ),
    h(
      "div",
      { class: "bc-actions" },
      [
        ["previous", "p", () => act("previous"), false],
        ["next", "n", () => act("next"), false],
        ["skip", "s", () => act("skip", { claim: unit.claim, dimension: unit.dimension, note: noteOf(view, local) }), view.locked],
        ["flag", "f", () => act("flag", { claim: unit.claim, value: unit.flagged ? "" : "yes" }), view.reviewing],
        ["undo", "u", () => act("undo"), view.locked],
      ].map(([id, key, run, disabled]) =>
        h("button", { type: "button", class: "bc-button", "data-testid": id, disabled, "aria-pressed": id === "flag" ? String(unit.flagged) : null, onclick: run }, words[id], " ", h("kbd", { "aria-hidden": "true" }, key)),
      ),
    ),
  );
}

function guide(view, words, language) {
  const guideline = view.guide;
  return h(
    "div",
    { class: "bc-guide", role: "group", "aria-label": words.guideline },
    h("p", { class: "bc-guide-name" }, guideline.name[language]),
    h("p", null, guideline.about[language]),
    h("details", { open: true }, h("summary", null, words.rules), h("ol", null, guideline.rules.map((rule) => h("li", null, rule[language])))),
    h("details", null, h("summary", null, words.examples), h("dl", null, view.labels.map((label) => [h("dt", null, label.name[language]), h("dd", null, h("span", { lang: "de" }, label.example.de), h("br"), h("span", { lang: "en" }, label.example.en))]))),
    guideline.confusions.length ? h("details", null, h("summary", null, words.confusions), h("ul", null, guideline.confusions.map((one) => h("li", null, h("strong", null, one.names[language]), " ", one.text[language])))) : null,
  );
}

function feedback(view, words, language) {
  return h(
    "div",
    { class: "bc-feedback", role: "group", "aria-label": words.feedback, "aria-live": "polite", "data-testid": "feedback" },
    h("p", { class: "bc-feedback-title" }, words.feedback),
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
          one.references.map((reference) => [h("dt", null, words[reference.status]), h("dd", null, h("strong", null, reference.name[language]), " – ", reference.reason[language])]),
          one.confusion ? [h("dt", null, words.difference), h("dd", null, one.confusion[language])] : null,
        ),
      ),
    ),
  );
}

function footer(view, words, language, outbox, act) {
  return h(
    "div",
    { class: "bc-footer" },
    savedLine(outbox, words, view.saved, language),
    view.done ? h("p", { class: "bc-done", "data-testid": "done" }, words["done_" + view.done]) : null,
    view.canFinish ? h("button", { type: "button", class: "bc-button bc-primary", "data-testid": "finish", onclick: () => act("finish") }, words.finish) : null,
    h("p", { class: "bc-keys" }, words.keys),
  );
}

function labellerKeys({ view, local, change, act }, event) {
  const { unit } = view;
  if (!unit) return null;
  const digit = /^[1-9]$/.test(event.key) ? view.labels[Number(event.key) - 1] : null;
  if (digit) return () => choose(view, local, change, act, digit);
  if (event.key === "Enter" && event.target.tagName !== "BUTTON" && event.target.tagName !== "SUMMARY")
    return unit.several && draftOf(view, local).join() !== unit.own.labels.join() ? () => saveSet(view, local, act) : () => act("next");
  const commands = {
    n: () => act("next"),
    p: () => act("previous"),
    ArrowRight: () => act("next"),
    ArrowLeft: () => act("previous"),
    ...(view.reviewing ? {} : { f: () => act("flag", { claim: unit.claim, value: unit.flagged ? "" : "yes" }) }),
    ...(view.locked ? {} : { u: () => act("undo"), s: () => act("skip", { claim: unit.claim, dimension: unit.dimension, note: noteOf(view, local) }) }),
  };
  return commands[event.key] ?? null;
}

export default {
  render: ({ model, el }) => mount({ model, el, name: "labeller", draw: labeller, keys: labellerKeys, start: { draft: null, note: null } }),
};
