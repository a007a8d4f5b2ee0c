// The chain builder: the mouths of one claim, put in order from the page to the origin. The course's chain
// comes from Python only once an own one is saved.

function chain(state) {
  const { view, words, language } = state;
  return [bar(state), reportList(view.reports), h("p", { class: "bc-note", "data-key": "purpose" }, words.purpose), claim(state), bench(state), aside(state), actions(state), feedback(view, words, language), footer(state)].filter(Boolean);
}

function bar({ view, words, outbox, local, change }) {
  return h(
    "div",
    { class: "bc-bar" },
    h("strong", { class: "bc-title" }, words.heading),
    h("label", { class: "bc-progress" }, h("progress", { max: view.total, value: view.checked, "aria-label": words.progress_name }), h("span", { "data-testid": "progress" }, fill(words.progress, view))),
    h(
      "label",
      null,
      words.choose_claim,
      " ",
      h(
        "select",
        { class: "bc-select", "data-testid": "claims", onchange: (event) => outbox.ask("go", { claim: event.target.value }) },
        view.claims.map((one, n) => h("option", { value: one.id, selected: one.id === view.unit.claim, "data-key": one.id + (one.id === view.unit.claim) }, `${n + 1} · ${one.place} · ${one.checked ? words.is_checked : words.is_open}`)),
      ),
    ),
    languageSwitch(words, local.textLanguage, (id) => change({ textLanguage: id })),
  );
}

function claim({ view, words, language, local }) {
  const { unit } = view;
  const shown = languagesOf(local.textLanguage);
  return h(
    "div",
    { class: "bc-item", "data-key": "item" },
    h("p", { class: "bc-hidden", "aria-live": "polite", "data-key": "here" }, fill(words.position, { ...unit, total: view.total })),
    h("p", { class: "bc-place" }, h("span", { class: "bc-badge" }, unit.label), ` ${unit.locator} · ${words["kind_" + unit.kind]} · ${fill(words.position, { ...unit, total: view.total })} · ${fill(words.claim_id, unit)}`),
    shown.map((id) => h("p", { class: "bc-claim-text", lang: id, "data-testid": "claim-" + id, "data-claim": unit.claim }, unit.text[id])),
    unit.quote ? h("p", { class: "bc-quote" }, words.quote, " ", h("q", { lang: "de" }, unit.quote)) : null,
    h("details", { class: "bc-context", "data-key": "passage", open: true }, h("summary", null, words.passage), shown.map((id) => reading(unit.passage[id], id, unit.position)), h("p", { class: "bc-legend" }, words.legend)),
    unit.before ? h("details", { class: "bc-context", "data-key": "before" }, h("summary", null, words.before), shown.map((id) => reading(unit.before[id], id, 0))) : null,
  );
}

// --- the chain that is being put together: a draft until it is saved -----------------------------------------

const ownOf = ({ view, drafts }) => drafts.of(view.unit.claim, view.unit.own);
const isDraft = ({ view, drafts }) => drafts.has(view.unit.claim, view.unit.own);
const nameOf = ({ view, language }, id) => view.unit.pool.find((actor) => actor.id === id)?.name[language] ?? id;

/** Keep the draft; `at` is the hop that the keys move. */
function put(state, fields, at) {
  const { view, drafts, change } = state;
  drafts.put(view.unit.claim, { ...ownOf(state), ...fields });
  change(at === undefined ? {} : { at });
}

/** The chosen hop, by the actor that stands there, so that it stays chosen when it is moved. */
function currentOf(state) {
  const { actors } = ownOf(state);
  return actors.includes(state.local.at) ? state.local.at : (actors.at(-1) ?? null);
}

function toggle(state, id) {
  const { actors } = ownOf(state);
  if (actors.includes(id)) return remove(state, id);
  put(state, { actors: [...actors, id] }, id);
}

function remove(state, id) {
  const { actors } = ownOf(state);
  const rest = actors.filter((actor) => actor !== id);
  put(state, { actors: rest }, rest[Math.min(actors.indexOf(id), rest.length - 1)] ?? null);
}

function move(state, id, by) {
  const actors = [...ownOf(state).actors];
  const [from, to] = [actors.indexOf(id), actors.indexOf(id) + by];
  if (from < 0 || to < 0 || to >= actors.length) return;
  [actors[from], actors[to]] = [actors[to], actors[from]];
  put(state, { actors }, id);
}

function select(state, by) {
  const { actors } = ownOf(state);
  const to = actors.indexOf(currentOf(state)) + by;
  if (to >= 0 && to < actors.length) state.change({ at: actors[to] });
}

function save(state) {
  const { view, outbox } = state;
  const { actors, confidence, note } = ownOf(state);
  if (!actors.length) return;
  outbox.send("save", view.unit.claim, { claim: view.unit.claim, value: actors.join(";"), confidence, note, base: view.unit.base });
}

const undo = ({ view, outbox }) => outbox.ask("undo", { base: view.undoable });

function bench(state) {
  const { view, words, language } = state;
  const { actors } = ownOf(state);
  return h(
    "div",
    { class: "bc-chain-bench", "data-key": "bench" },
    h(
      "div",
      { role: "group", "aria-label": words.pool },
      h("p", { class: "bc-question" }, words.question),
      view.unit.pool.map((actor, n) => {
        const used = actors.indexOf(actor.id) + 1;
        return h(
          "button",
          { type: "button", class: "bc-choice", "data-key": view.unit.claim + actor.id, "data-testid": "mouth-" + actor.id, "aria-pressed": String(used > 0), title: fill(used ? words.pool_remove : words.pool_add, { actor: actor.name[language] }), onclick: () => toggle(state, actor.id) },
          h("kbd", { "aria-hidden": "true" }, n + 1),
          h("span", { class: "bc-choice-name" }, actor.name[language], used ? h("span", { class: "bc-chain-place" }, " · ", fill(words.place, { number: used })) : null),
        );
      }),
      h("p", { class: "bc-note" }, words.pool_hint),
    ),
    own(state, actors),
  );
}

function own(state, actors) {
  const { words } = state;
  const current = currentOf(state);
  return h(
    "div",
    { class: "bc-chain-own", role: "group", "aria-label": words.own_chain },
    h("p", { class: "bc-question" }, words.own_chain),
    h("p", { class: "bc-hidden", "aria-live": "polite", "data-key": "now" }, fill(words.now_order, { chain: actors.map((id) => nameOf(state, id)).join(" → ") || words.empty })),
    h("p", { class: "bc-chain-end", "data-key": "page" }, "▲ ", words.page),
    actors.length ? h("ol", { class: "bc-chain-hops", "data-testid": "own", "data-key": "hops" }, actors.map((id, n) => hop(state, id, n, actors.length, id === current))) : h("p", { class: "bc-note", "data-key": "empty" }, words.empty),
    h("p", { class: "bc-chain-end", "data-key": "origin" }, "▼ ", words.origin),
  );
}

function hop(state, id, n, total, current) {
  const actor = nameOf(state, id);
  const tool = (name, sign, disabled, run) =>
    h("button", { type: "button", class: "bc-button", disabled, "data-testid": `${name}-${id}`, "aria-label": fill(state.words[name], { actor }), title: fill(state.words[name], { actor }), onclick: run }, sign);
  return h(
    "li",
    { "data-key": id, "data-actor": id, "data-current": current ? "" : null, "aria-current": current ? "true" : null },
    h("span", { class: "bc-chain-number" }, `${n + 1}.`),
    h("span", { class: "bc-chain-name" }, actor),
    h("span", { class: "bc-chain-tools" }, tool("up", "↑", n === 0, () => move(state, id, -1)), tool("down", "↓", n === total - 1, () => move(state, id, 1)), tool("remove", "✕", false, () => remove(state, id))),
  );
}

function aside(state) {
  const { view, words } = state;
  const { confidence, note } = ownOf(state);
  return h(
    "div",
    { class: "bc-aside bc-chain-aside", "data-key": "aside" },
    h(
      "div",
      { class: "bc-switch", role: "group", "aria-label": words.confidence },
      h("span", null, words.confidence, " "),
      ["low", "medium", "high"].map((id) => h("button", { type: "button", class: "bc-button", "data-testid": "confidence-" + id, "aria-pressed": String(confidence === id), onclick: () => put(state, { confidence: confidence === id ? "" : id }) }, words["confidence_" + id])),
    ),
    h("label", { class: "bc-notefield" }, h("span", null, words.note), h("textarea", { rows: 1, maxlength: 4000, "data-key": "note" + view.unit.claim, "data-testid": "note", value: note, oninput: (event) => put(state, { note: event.target.value }) })),
  );
}

function actions(state) {
  const { view, words, outbox } = state;
  const plain = [
    ["previous", "p", () => outbox.ask("previous"), view.total < 2],
    ["next", "n", () => outbox.ask("next"), view.total < 2],
    ["undo", "u", () => undo(state), !view.undoable],
  ];
  return h(
    "div",
    { class: "bc-actions", "data-key": "actions" },
    h("button", { type: "button", class: "bc-button bc-primary", "data-testid": "check", disabled: !ownOf(state).actors.length, onclick: () => save(state) }, words.check, " ", h("kbd", { "aria-hidden": "true" }, "↵")),
    plain.map(([id, key, run, disabled]) => h("button", { type: "button", class: "bc-button", "data-testid": id, disabled, onclick: run }, words[id], " ", h("kbd", { "aria-hidden": "true" }, key))),
    isDraft(state) ? h("span", { class: "bc-note bc-beside", "data-testid": "unsaved" }, words.unsaved) : null,
  );
}

// --- beside the course's chain ---------------------------------------------------------------------------------

/** The place of the feedback is always there, so that a screen reader notices what comes into it. */
function feedback(view, words, language) {
  const { feedback: found, unit } = view;
  const place = { role: "group", "aria-label": words.feedback, "aria-live": "polite", "data-key": "feedback" };
  if (!found) return h("div", place);
  const count = found.differences.length;
  const verdict = found.same ? words.verdict_same : fill(count === 1 ? words.verdict_differs_one : words.verdict_differs, { count });
  return h(
    "div",
    { ...place, class: "bc-feedback", "data-testid": "feedback" },
    h("p", { class: "bc-feedback-title" }, words.feedback),
    h("p", { class: found.same ? "bc-verdict bc-match" : "bc-verdict bc-alternative", "data-testid": "verdict" }, h("strong", null, verdict), " ", fill(words.hops, found.hops)),
    h("p", { "data-testid": "anonymous" }, anonymous(found, words, language)),
    h("div", { class: "bc-chain-table", "data-key": "table" + unit.claim }, beside(found, words, language)),
    count ? h("ul", { class: "bc-chain-differences", "data-testid": "differences", "data-key": "differences" }, found.differences.map((one) => h("li", { "data-kind": one.kind }, h("span", { class: "bc-chain-kind" }, words["kind_" + one.kind]), " – ", one.why[language]))) : null,
    found.cues.length ? h("p", { class: "bc-cues", "data-key": "cues" }, words.cues, " ", found.cues.map((cue, n) => [n ? ", " : "", h("span", { class: "bc-cue", lang: "de" }, cue)])) : null,
    found.readings.length ? h("div", { class: "bc-chain-arguable", "data-key": "arguable", "data-testid": "arguable" }, h("p", null, h("strong", null, words.arguable)), found.readings.map((one) => h("p", null, one[language]))) : null,
    found.finishFirst.length ? h("p", { class: "bc-note", "data-key": "first", "data-testid": "finish-first" }, fill(words.finish_first, { block: found.finishFirst.join(", ") })) : null,
    found.kept ? h("p", { class: "bc-note", "data-key": "kept" }, words.kept) : null,
    found.same ? null : h("p", { class: "bc-note", "data-key": "may" }, words.may_differ),
  );
}

/** Who is anonymous, said once where it is the same in both chains. */
function anonymous(found, words, language) {
  const { own, course } = found.anonymous;
  const sides = JSON.stringify(own) === JSON.stringify(course) ? [["both", own]] : [["own", own], ["course", course]];
  return sides.map(([side, actors]) => fill(words[(actors.length ? "no_name_" : "all_named_") + side], { actors: actors.map((name) => name[language]).join(", ") })).join(" ");
}

function beside(found, words, language) {
  const count = { own: 0, course: 0 };
  const mouth = (side, row) => {
    const one = row[side];
    if (!one) return h("td", null, h("span", { class: "bc-chain-gap" }, words.gap));
    count[side] += 1;
    return h("td", null, h("span", { class: row.same ? null : "bc-chain-unlike" }, h("span", { class: "bc-chain-number" }, `${count[side]}. `), one.name[language], row.same ? null : h("span", { class: "bc-hidden" }, ` (${words.row_differs})`)), one.anonymous ? [" ", h("span", { class: "bc-chain-nameless" }, words.anonymous)] : null);
  };
  return h(
    "table",
    null,
    h("thead", null, h("tr", null, ["own_chain", "course_chain", "column_cue", "column_medium"].map((key) => h("th", { scope: "col" }, words[key])))),
    h(
      "tbody",
      null,
      found.rows.map((row) =>
        h(
          "tr",
          { "data-same": String(row.same) },
          mouth("own", row),
          mouth("course", row),
          h("td", null, row.cue ? h("span", { class: "bc-cue", lang: "de" }, row.cue) : row.course ? h("span", { class: "bc-chain-gap" }, words.no_cue) : null),
          h("td", null, row.medium ? words["medium_" + row.medium] : null),
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
    view.checked === view.total ? h("p", { class: "bc-done", role: "status", "data-testid": "done" }, words.done) : null,
    h("p", { class: "bc-keys" }, words.keys),
  );
}

function chainKeys(state, event) {
  const { view, outbox } = state;
  const digit = /^[1-9]$/.test(event.key) ? view.unit.pool[Number(event.key) - 1] : null;
  if (digit) return () => toggle(state, digit.id);
  if (event.key === "Enter") return /^(BUTTON|SUMMARY)$/.test(event.target.tagName) ? null : () => save(state);
  const current = currentOf(state);
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (step) return () => (event.shiftKey ? move(state, current, step) : select(state, step));
  const commands = {
    Delete: () => current && remove(state, current),
    Backspace: () => current && remove(state, current),
    n: () => outbox.ask("next"),
    p: () => outbox.ask("previous"),
    ArrowRight: () => outbox.ask("next"),
    ArrowLeft: () => outbox.ask("previous"),
    u: () => view.undoable && undo(state),
  };
  return commands[event.key] ?? null;
}

export default { render: ({ model, el }) => mount({ model, el, name: "chain", draw: chain, keys: chainKeys, start: { at: null } }) };
