// Marking written answers: one answer, its rubric, points in half steps, a comment, the comment bank.

const HALF = 0.5;
const ROOMY = 900; // pixels of height from which the spread of points stands open beside the mark

function rubric(state) {
  const { view, words, outbox } = state;
  if (view.missing) return nothingYet(state);
  settle(state);
  return [
    bar(state),
    h("div", { "data-key": "reports" }, reportList(view.reports)),
    view.answer
      ? h("div", { class: "bc-columns bc-rub-columns", "data-key": "columns" }, answerPart(state), markPart(state))
      : h("p", { class: "bc-rub-empty", "data-key": "empty", "data-testid": "empty" }, words["empty_" + view.filter]),
    view.answer ? null : h("div", { "data-key": "aside" }, outbox.problem || outbox.late ? savedLine(outbox, words, view.saved, state.language) : null, overview(state)),
    h("div", { class: "bc-footer", "data-key": "footer" }, h("p", { class: "bc-keys" }, words.keys), h("p", { class: "bc-keys" }, words.kept)),
  ].filter(Boolean);
}

function nothingYet(state) {
  const { view, words } = state;
  return [
    h("div", { class: "bc-bar", "data-key": "bar" }, h("strong", { class: "bc-title" }, words.title), pageLanguage(state)),
    h("p", { "data-key": "missing", "data-testid": "missing" }, words[view.missing]),
    h("p", { class: "bc-note", "data-key": "where" }, fill(words.looked_in, view)),
  ];
}

// --- what is being given ---------------------------------------------------------------------------------

const nameOf = (view) => `${view.task}:${view.answer.id}`;
const ownOf = (view) => ({ points: view.answer.points, comment: view.answer.comment });
const draftOf = ({ view, drafts }) => drafts.of(nameOf(view), ownOf(view));
const isDraft = ({ view, drafts }) => drafts.has(nameOf(view), ownOf(view));
const isStuck = (outbox) => Boolean(outbox.problem || outbox.late);
const isBusy = (outbox) => isStuck(outbox) || outbox.waiting.size > 0;
/** Whether the mark on the screen is on its way; one that got stuck may be changed and sent again. */
const waits = ({ view, outbox }) => outbox.awaits(nameOf(view)) && !isStuck(outbox);

/** Drop a draft once the gradebook has just that; one that was refused, or changed since, stays. */
function settle({ outbox, drafts, local }) {
  for (const one of outbox.waiting.values()) if (one.action === "give") local.sent.set(one.target, JSON.stringify({ points: one.points, comment: one.comment }));
  for (const [target, sent] of [...local.sent]) {
    if (outbox.awaits(target)) continue;
    if (!outbox.problem && JSON.stringify(drafts.of(target, null)) === sent) drafts.drop(target);
    local.sent.delete(target);
  }
}

function draft(state, fields) {
  const { view, drafts, change } = state;
  if (waits(state)) return;
  drafts.put(nameOf(view), { ...draftOf(state), ...fields });
  change({ notice: "" });
}

/** One step up or down, to the next half point; without points, from nought. */
function step(state, by) {
  const points = draftOf(state).points ?? 0;
  const next = by > 0 ? Math.floor(points / HALF + 1) * HALF : Math.ceil(points / HALF - 1) * HALF;
  draft(state, { points: Math.min(Math.max(next, 0), state.view.points) });
}

function save(state) {
  const { view, outbox, change } = state;
  if (waits(state)) return;
  const { points, comment } = draftOf(state);
  if (!isDraft(state) && outbox.waiting.size) return outbox.again();
  if (!isDraft(state) && view.answer.state === "open") return change({ notice: view.answer.id });
  if (!isDraft(state) && view.answer.state !== "again") return outbox.ask("next");
  outbox.send("give", nameOf(view), { task: view.task, answer: view.answer.id, points, comment, base: ownOf(view), seen: view.answer.seen, value: pointsText(points, state) });
}

const undo = ({ view, outbox }) => outbox.ask("undo", { base: view.undo.id });

function number(value, language) {
  return value.toLocaleString(language, { maximumFractionDigits: 2 });
}

function pointsText(points, { view, words, language }) {
  return points === null ? words.no_points : fill(words.points_of, { points: number(points, language), most: view.points });
}

/** The level that gives these points, or the two between which they lie. */
function levelText(points, { view, words }) {
  if (points === null) return "";
  const same = view.levels.find((level) => level.points === points);
  if (same) return words["level_" + same.name];
  const above = view.levels.findLast((level) => level.points > points);
  const below = view.levels.find((level) => level.points < points);
  if (!above) return "";
  if (!below) return points ? fill(words.below, { level: words["level_" + above.name] }) : "";
  return fill(words.between, { low: words["level_" + below.name], high: words["level_" + above.name] });
}

// --- the bar and how far it is ---------------------------------------------------------------------------

function bar(state) {
  const { view, words, language, outbox } = state;
  const done = view.counts.marked + view.counts.nothing;
  return h(
    "div",
    { class: "bc-bar bc-rub-bar-top", "data-key": "bar" },
    h("strong", { class: "bc-title" }, words.title),
    h(
      "label",
      { class: "bc-rub-pick" },
      words.task,
      " ",
      h(
        "select",
        { class: "bc-select", "data-testid": "task", "data-key": view.task, onchange: (event) => outbox.ask("task", { value: event.target.value }) },
        view.tasks.map((task) => h("option", { value: task.id, selected: task.id === view.task }, fill(words.task_option, { ...task, title: task.title[language] }))),
      ),
    ),
    h(
      "label",
      { class: "bc-rub-pick" },
      words.filter,
      " ",
      h(
        "select",
        { class: "bc-select", "data-testid": "filter", "data-key": view.filter, onchange: (event) => outbox.ask("filter", { value: event.target.value }) },
        view.filters.map((one) => h("option", { value: one.id, selected: one.id === view.filter }, `${words["filter_" + one.id]} (${one.count})`)),
      ),
    ),
    h("button", { type: "button", class: "bc-button", "data-testid": "names", "aria-pressed": String(view.named), onclick: () => outbox.ask("names", { value: !view.named }) }, words.names),
    h("label", { class: "bc-progress" }, h("progress", { max: view.total, value: done, "aria-label": words.progress_name }), h("span", { "data-testid": "progress" }, fill(words.progress, { done, total: view.total }))),
    pageLanguage(state),
  );
}

function pageLanguage({ words, language, outbox }) {
  return h(
    "div",
    { class: "bc-switch bc-rub-language", role: "group", "aria-label": words.page_language },
    Object.entries({ en: "English", de: "Deutsch" }).map(([id, name]) =>
      h("button", { type: "button", class: "bc-button", lang: id, "data-testid": "language-" + id, "aria-pressed": String(language === id), onclick: () => outbox.ask("language", { value: id }) }, name),
    ),
  );
}

/** How the points are spread: bars for the eye, the same in words for everybody else. */
function overview(state) {
  const { view, words, language } = state;
  const { counts, mean, median, latest } = view.spread;
  const given = counts.filter((one) => one.n);
  const most = Math.max(...counts.map((one) => one.n));
  const said = given.map((one) => fill(words.spread_one, { points: number(one.points, language), n: one.n })).join("; ");
  const levels = new Set(view.levels.map((level) => level.points));
  return h(
    "details",
    { class: "bc-rub-spread", "data-key": "spread", "data-testid": "spread", open: window.innerHeight >= ROOMY },
    h("summary", null, words.spread),
    given.length
      ? h(
          "div",
          { class: "bc-rub-chart" },
          h(
            "div",
            { class: "bc-rub-bars", role: "img", "aria-label": fill(words.spread_said, { said }), "data-testid": "bars" },
            counts.map((one) =>
              h(
                "span",
                { class: "bc-rub-bar", "data-level": levels.has(one.points) || null },
                one.n ? h("span", { class: "bc-rub-count" }, one.n) : null,
                h("span", { class: "bc-rub-fill", style: `height:${one.n ? Math.max(4, Math.round((44 * one.n) / most)) : 0}px` }),
                h("span", { class: "bc-rub-tick" }, Number.isInteger(one.points) ? String(one.points) : ""),
              ),
            ),
          ),
          h(
            "p",
            { class: "bc-note bc-rub-figures", "data-testid": "figures" },
            fill(words.figures, { mean: number(mean, language), median: number(median, language), most: view.points }),
            latest === null ? null : " " + fill(words.latest, { latest: number(latest, language) }),
          ),
        )
      : h("p", { class: "bc-note" }, words.spread_none),
    h("p", { class: "bc-note", "data-testid": "states" }, ["open", "again", "marked", "nothing"].filter((id) => view.counts[id]).map((id) => `${words["state_" + id]}: ${view.counts[id]}`).join(" · ")),
  );
}

// --- what is read ----------------------------------------------------------------------------------------

function answerPart(state) {
  const { view, words, language } = state;
  const { answer } = view;
  const asked = answer.asked.length ? fill(words.asked, { from: answer.asked[0], to: answer.asked[1] }) : "";
  const position = fill(words.position, { number: answer.number || "–", total: answer.of });
  return h(
    "div",
    { class: "bc-rub-read", "data-key": "read" },
    h("p", { class: "bc-hidden", "aria-live": "polite", "data-key": "here" }, `${position}: ${answer.label}, ${words["state_" + answer.state]}`),
    h(
      "p",
      { class: "bc-place", "data-key": "place" },
      h("span", { class: "bc-badge", "data-testid": "who" }, answer.label),
      " ",
      h("span", { "data-testid": "position" }, position),
      " · ",
      h("span", { class: "bc-rub-state", "data-state": answer.state, "data-testid": "state" }, words["state_" + answer.state]),
      " · ",
      h("span", { "data-testid": "words" }, fill(words.words, { words: answer.words.toLocaleString(language) }), asked),
    ),
    h(
      "div",
      { "data-key": "notes" },
      answer.state === "again" ? h("p", { class: "bc-rub-again", "data-key": "again" }, words.changed) : null,
      answer.twins.length ? twins(state) : null,
    ),
    h(
      "div",
      { class: "bc-rub-answer", role: "region", tabindex: 0, "aria-label": fill(words.answer_of, answer), "data-testid": "answer", "data-key": "answer:" + answer.id },
      answer.text.length ? prose(answer.text) : h("p", { class: "bc-note" }, words.wrote_nothing),
      answer.cut ? h("p", { class: "bc-problem" }, fill(words.cut, { cut: answer.cut.toLocaleString(language) })) : null,
    ),
    h(
      "div",
      { "data-key": "findings" },
      answer.findings.length ? h("details", { "data-testid": "findings", class: "bc-rub-fold", open: true }, h("summary", null, fill(words.findings, { n: answer.findings.length })), h("ul", { lang: "en" }, answer.findings.map((one) => h("li", null, one)))) : null,
    ),
    h("details", { "data-key": "wording", "data-testid": "wording", class: "bc-rub-fold" }, h("summary", null, words.wording), h("div", { lang: "en", class: "bc-rub-own" }, prose(view.wording))),
    h("details", { "data-key": "sample", "data-testid": "sample", class: "bc-rub-fold" }, h("summary", null, words.sample), h("div", { lang: "en", class: "bc-rub-own" }, prose(view.sample))),
    overview(state),
  );
}

/** Who handed in the same words; many are folded behind the first two. */
function twins(state) {
  const { view, words } = state;
  const { id, twins: same } = view.answer;
  const told = (some) => some.map((one) => `${one.label} (${pointsText(one.points, state)})`).join(", ");
  const attributes = { class: "bc-note bc-rub-twins", "data-key": "twins:" + id, "data-testid": "twins" };
  const all = fill(words.twins, { who: told(same) });
  if (same.length <= 3) return h("p", attributes, all);
  return h("details", attributes, h("summary", null, fill(words.twins_many, { who: told(same.slice(0, 2)), n: same.length - 2 })), h("p", null, all));
}

/** Blocks of text as Python found them. All of it is set as text: nothing in it is a link, a tag or a picture. */
function prose(found) {
  const shown = [];
  for (const one of found) {
    const last = shown.at(-1);
    if (one.kind === "item") {
      const item = h("li", { style: `margin-inline-start:${Math.min(one.depth, 6) * 1.2}em` }, h("span", { class: "bc-rub-mark" }, one.mark), " ", runs(one.cells[0]));
      if (last?.tag === "ul") last.children.push(item);
      else shown.push(h("ul", { class: "bc-rub-list" }, item));
    } else if (one.kind === "row" || one.kind === "header") {
      const row = h("tr", null, one.cells.map((cell) => h(one.kind === "header" ? "th" : "td", { dir: "auto", scope: one.kind === "header" ? "col" : null }, runs(cell))));
      if (last?.tag === "table" && one.kind === "row") last.children[0].children.push(row);
      else shown.push(h("table", { class: "bc-rub-table" }, h("tbody", null, row)));
    } else if (one.kind === "code") shown.push(h("pre", { class: "bc-rub-code", dir: "auto" }, runs(one.cells[0])));
    else if (one.kind === "quote") shown.push(h("blockquote", { dir: "auto" }, runs(one.cells[0])));
    else shown.push(h("p", { class: one.kind === "heading" ? "bc-rub-heading" : null, dir: "auto" }, runs(one.cells[0])));
  }
  return shown;
}

const TAGS = { strong: "strong", emphasis: "em", code: "code" };

function runs(cell) {
  return cell.map(([text, form]) => (TAGS[form] ? h(TAGS[form], null, text) : text));
}

// --- what is given ---------------------------------------------------------------------------------------

function markPart(state) {
  const { view, words, outbox, language } = state;
  const given = draftOf(state);
  return h(
    "div",
    { class: "bc-guide bc-rub-give", role: "group", "aria-label": words.marking, "data-key": "give" },
    levels(state, given),
    pointsLine(state, given),
    commentField(state, given),
    bankSearch(state),
    h(
      "div",
      { class: "bc-actions bc-rub-actions", "data-key": "actions" },
      h("button", { type: "button", class: "bc-button bc-primary", "data-testid": "save", onclick: () => save(state) }, words.save_next, " ", h("kbd", { "aria-hidden": "true" }, "↵")),
      [
        ["previous", "p", () => outbox.ask("previous"), false],
        ["next", "n", () => outbox.ask("next"), false],
        ["undo", "u", () => undo(state), !view.undo],
      ].map(([id, key, run, disabled]) => h("button", { type: "button", class: "bc-button", "data-testid": id, disabled, title: id === "undo" && view.undo ? fill(words.undo_hint, view.undo) : null, onclick: run }, words[id], " ", h("kbd", { "aria-hidden": "true" }, key))),
    ),
    h("div", { "data-key": "saved" }, isDraft(state) && !isBusy(outbox) ? null : savedLine(outbox, words, view.saved, language), standing(state, given)),
    jump(state),
    bankEditor(state),
  );
}

function levels(state, given) {
  const { view, words, language, root } = state;
  return h(
    "div",
    { role: "group", "aria-label": words.levels, "data-key": "levels" },
    view.levels.map((level, n) =>
      h(
        "button",
        {
          type: "button",
          class: "bc-choice",
          "data-key": level.name,
          "data-testid": "level-" + level.name,
          "data-own": words.chosen,
          "aria-pressed": String(given.points === level.points),
          onclick: (event) => {
            draft(state, { points: level.points });
            if (event.detail) root.focus({ preventScroll: true }); // after a click, the keys go on
          },
        },
        h("kbd", { "aria-hidden": "true" }, n + 1),
        h("span", { class: "bc-choice-name" }, words["level_" + level.name], ` (${level.points})`, n ? null : h("span", { class: "bc-rub-highest" }, words.highest)),
        h("span", { class: "bc-choice-definition" }, level.text[language]),
      ),
    ),
  );
}

function pointsLine(state, given) {
  const { view, words, root } = state;
  const button = (id, label, name, run, disabled) =>
    h(
      "button",
      {
        type: "button",
        class: "bc-button",
        "data-testid": id,
        "aria-label": name,
        disabled,
        onclick: (event) => {
          run();
          if (event.detail) root.focus({ preventScroll: true });
        },
      },
      label,
    );
  return h(
    "div",
    { class: "bc-rub-points", role: "group", "aria-label": words.points, "data-key": "points" },
    button("less", "−", words.less, () => step(state, -1), given.points === 0),
    h("output", { class: "bc-rub-value", "data-testid": "points", "aria-live": "polite" }, pointsText(given.points, state)),
    button("more", "+", words.more, () => step(state, 1), given.points === view.points),
    button("clear", words.clear, null, () => draft(state, { points: null }), given.points === null),
    h("span", { class: "bc-note bc-rub-level", "data-testid": "level" }, levelText(given.points, state)),
  );
}

function commentField(state, given) {
  const { view, words, root } = state;
  return h(
    "label",
    { class: "bc-notefield", "data-key": "comment:" + nameOf(view) },
    h("span", null, words.comment, " ", h("kbd", { "aria-hidden": "true" }, "c")),
    h("textarea", {
      rows: 3,
      maxlength: 20000,
      "data-testid": "comment",
      "data-key": "comment:" + nameOf(view),
      dir: "auto",
      value: given.comment,
      readonly: waits(state),
      oninput: (event) => draft(state, { comment: event.target.value }),
      onkeydown: (event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        root.focus({ preventScroll: true });
        save(state);
      },
    }),
  );
}

/** What stands in the gradebook, where it is not what is on the screen; and what is still missing. */
function standing(state, given) {
  const { view, words, local } = state;
  const { answer } = view;
  const unsaved = view.queue.filter((one) => one.id !== answer.id && state.drafts.kept.has(`${view.task}:${one.id}`));
  return h(
    "div",
    { class: "bc-rub-standing", "data-testid": "standing" },
    isDraft(state) && !waits(state)
      ? h(
          "p",
          { "data-key": "draft" },
          h("strong", null, words.unsaved),
          " ",
          answer.points === null && !answer.comment ? null : fill(words.stands, { points: pointsText(answer.points, state) }),
          given.comment !== answer.comment && answer.comment ? [" ", fill(words.stands_comment, { comment: answer.comment })] : null,
        )
      : null,
    local.notice === answer.id ? h("p", { class: "bc-problem", role: "status", "data-key": "notice", "data-testid": "notice" }, words.points_first) : null,
    view.counts.open + view.counts.again ? null : h("p", { class: "bc-done", role: "status", "data-key": "done", "data-testid": "done" }, words.done),
    unsaved.length
      ? h(
          "p",
          { class: "bc-note", "data-key": "others", "data-testid": "unsaved" },
          words.others,
          " ",
          unsaved.map((one) => h("button", { type: "button", class: "bc-button", "data-key": one.id, onclick: () => state.outbox.ask("go", { answer: one.id }) }, one.label)),
        )
      : null,
  );
}

/** Go to any answer of the queue. */
function jump(state) {
  const { view, words, outbox } = state;
  return h(
    "label",
    { class: "bc-rub-jump", "data-key": "jump" },
    words.jump,
    " ",
    h(
      "select",
      { class: "bc-select", "data-testid": "jump", "data-key": view.answer.id, onchange: (event) => outbox.ask("go", { answer: event.target.value }) },
      view.answer.number ? null : h("option", { value: "", selected: true, disabled: true, "data-key": "none" }, "–"),
      view.queue.map((one, n) => h("option", { value: one.id, "data-key": one.id, selected: one.id === view.answer.id }, `${n + 1} · ${one.label} · ${one.state === "marked" ? pointsText(one.points, state) : words["state_" + one.state]}`)),
    ),
  );
}

// --- the comment bank ------------------------------------------------------------------------------------

const SHOWN = 6;

/** The comments that hold every word typed, the most used first; Python has put them in order. */
function matching({ view, local }) {
  const typed = local.query.toLowerCase().split(/\s+/).filter(Boolean);
  return view.bank.filter((one) => typed.every((word) => one.text.toLowerCase().includes(word)));
}

function insert(state, comment) {
  const { root, outbox, local } = state;
  const { comment: written } = draftOf(state);
  local.query = "";
  local.active = 0;
  root.focus({ preventScroll: true });
  draft(state, { comment: written.trim() ? `${written.trimEnd()}\n${comment.text}` : comment.text });
  outbox.ask("bank_use", { comment: comment.id });
}

function keep(state) {
  const { view, outbox, local } = state;
  const text = draftOf(state).comment.trim();
  if (text && !inBank(state, text)) outbox.ask("bank_add", { text, task: local.everywhere ? "" : view.task });
}

const inBank = ({ view }, text) => view.bank.some((one) => one.text === text.trim());

function bankSearch(state) {
  const { view, words, local, change, root } = state;
  const found = matching(state).slice(0, SHOWN);
  const active = Math.min(local.active, found.length - 1);
  const { comment } = draftOf(state);
  return h(
    "div",
    { class: "bc-rub-bank", "data-key": "bank" },
    view.bank.length
      ? h(
          "div",
          { class: "bc-rub-search", "data-key": "search" },
          h(
            "label",
            { class: "bc-notefield" },
            h("span", null, words.bank, " ", h("kbd", { "aria-hidden": "true" }, "b")),
            h("input", {
              class: "bc-input",
              type: "text",
              role: "combobox",
              autocomplete: "off",
              placeholder: words.bank_search,
              "aria-expanded": String(local.searching && found.length > 0),
              "aria-controls": local.uid,
              "aria-autocomplete": "list",
              "aria-activedescendant": local.searching && found.length ? `${local.uid}-${active}` : null,
              "data-testid": "bank",
              value: local.query,
              oninput: (event) => change({ query: event.target.value, active: 0 }),
              onfocus: () => change({ searching: true }),
              onblur: () => setTimeout(() => change({ searching: false })), // not while the screen is being drawn
              onkeydown: (event) => {
                const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
                if (by && found.length) change({ active: (active + by + found.length) % found.length });
                else if (event.key === "Enter" && found.length) {
                  event.target.value = "";
                  insert(state, found[active]);
                } else return;
                event.preventDefault();
              },
            }),
          ),
          h(
            "ul",
            { class: "bc-rub-found", role: "listbox", id: local.uid, "aria-label": words.bank, hidden: !local.searching || !found.length, onmousedown: (event) => event.preventDefault() },
            found.map((one, n) =>
              h(
                "li",
                { role: "option", id: `${local.uid}-${n}`, "data-key": one.id, "data-testid": "bank-option", "aria-selected": String(n === active), onclick: () => insert(state, one) },
                h("span", { dir: "auto" }, one.text),
                one.used ? h("span", { class: "bc-rub-used" }, " ", fill(words.used, one)) : null,
              ),
            ),
          ),
          found.length ? null : h("p", { class: "bc-note", role: "status", "data-key": "no-match" }, words.bank_no_match),
        )
      : null,
    h(
      "div",
      { class: "bc-rub-keep", "data-key": "keep" },
      h("button", { type: "button", class: "bc-button", "data-testid": "keep", disabled: !comment.trim() || comment.trim().length > view.longest || inBank(state, comment), onclick: () => keep(state) }, words.keep, " ", h("kbd", { "aria-hidden": "true" }, "a")),
      comment.trim() && inBank(state, comment)
        ? h("span", { class: "bc-note", role: "status", "data-testid": "in-bank" }, words.in_bank)
        : h("label", null, h("input", { type: "checkbox", "data-testid": "everywhere", checked: local.everywhere, onchange: (event) => change({ everywhere: event.target.checked }) }), " ", words.everywhere),
    ),
  );
}

function bankEditor(state) {
  const { view, words, local, change, outbox } = state;
  const dropped = local.dropped && !view.bank.some((one) => one.text === local.dropped.text) ? local.dropped : null;
  if (!view.bank.length && !dropped) return null;
  return h(
    "details",
    { class: "bc-rub-fold", "data-key": "editor", "data-testid": "editor" },
    h("summary", null, fill(words.bank_edit, { n: view.bank.length })),
    h("p", { class: "bc-note" }, words.bank_file),
    dropped
      ? h("p", { role: "status", "data-key": "dropped" }, words.dropped, " ", h("button", { type: "button", class: "bc-button", "data-testid": "put-back", onclick: () => outbox.ask("bank_add", { text: dropped.text, task: dropped.task, used: dropped.used }) }, words.put_back))
      : null,
    h(
      "ul",
      { class: "bc-rub-entries" },
      view.bank.map((one) =>
        h(
          "li",
          { "data-key": one.id },
          local.editing?.id === one.id
            ? editing(state, one)
            : [
                h("span", { dir: "auto" }, one.text),
                h("span", { class: "bc-rub-used" }, ` ${one.task ? words.this_task : words.every_task}${one.used ? ", " + fill(words.used, one) : ""} `),
                h("button", { type: "button", class: "bc-button", "data-testid": "edit", "aria-label": `${words.edit}: ${one.text}`, onclick: () => change({ editing: { ...one } }) }, words.edit),
                " ",
                h(
                  "button",
                  {
                    type: "button",
                    class: "bc-button",
                    "data-testid": "drop",
                    "aria-label": `${words.drop}: ${one.text}`,
                    onclick: () => {
                      change({ dropped: one });
                      outbox.ask("bank_drop", { comment: one.id });
                    },
                  },
                  words.drop,
                ),
              ],
        ),
      ),
    ),
  );
}

function editing(state, one) {
  const { view, words, local, change, outbox } = state;
  const wanted = local.editing;
  const put = (fields) => change({ editing: { ...wanted, ...fields } });
  return h(
    "div",
    { class: "bc-rub-editing" },
    h("label", { class: "bc-notefield" }, h("span", null, words.bank_words), h("textarea", { rows: 3, maxlength: view.longest, "data-testid": "bank-words", "data-key": "edit" + one.id, value: wanted.text, oninput: (event) => put({ text: event.target.value }) })),
    h("label", null, h("input", { type: "checkbox", checked: !wanted.task, onchange: (event) => put({ task: event.target.checked ? "" : view.task }) }), " ", words.everywhere),
    " ",
    h(
      "button",
      {
        type: "button",
        class: "bc-button bc-primary",
        "data-testid": "bank-save",
        disabled: !wanted.text.trim(),
        onclick: () => {
          outbox.ask("bank_edit", { comment: one.id, text: wanted.text, task: wanted.task });
          change({ editing: null });
        },
      },
      words.bank_save,
    ),
    " ",
    h("button", { type: "button", class: "bc-button", onclick: () => change({ editing: null }) }, words.cancel),
  );
}

// --- keys ------------------------------------------------------------------------------------------------

function rubricKeys(state, event) {
  const { view, outbox, root } = state;
  if (view.missing || !view.answer) return null;
  const focus = (id) => () => root.querySelector(`[data-testid=${id}]`)?.focus();
  const level = /^[1-9]$/.test(event.key) ? view.levels[Number(event.key) - 1] : null;
  if (level) return () => draft(state, { points: level.points });
  if (event.key === "Enter") return /^(BUTTON|SUMMARY)$/.test(event.target.tagName) ? null : () => save(state);
  // Where the answer itself has the focus, the arrows scroll it.
  if (/^Arrow(Up|Down)$/.test(event.key) && event.target.closest(".bc-rub-answer")) return null;
  const commands = {
    0: () => draft(state, { points: 0 }),
    "+": () => step(state, 1),
    "=": () => step(state, 1),
    ArrowUp: () => step(state, 1),
    "-": () => step(state, -1),
    ArrowDown: () => step(state, -1),
    Backspace: () => draft(state, { points: null }),
    Delete: () => draft(state, { points: null }),
    n: () => outbox.ask("next"),
    ArrowRight: () => outbox.ask("next"),
    p: () => outbox.ask("previous"),
    ArrowLeft: () => outbox.ask("previous"),
    c: focus("comment"),
    b: focus("bank"),
    a: () => keep(state),
    ...(view.undo ? { u: () => undo(state) } : {}),
  };
  return commands[event.key] ?? null;
}

function start() {
  return { query: "", active: 0, searching: false, everywhere: false, editing: null, dropped: null, notice: "", sent: new Map(), uid: `bc-bank-${Math.random().toString(36).slice(2)}` };
}

export default { render: ({ model, el }) => mount({ model, el, name: "rubric", draw: rubric, keys: rubricKeys, start: start() }) };
