// Questions with answers to choose; what may be shown of the reasons is decided in Python.

function quiz({ view, words, language, outbox }) {
  return [
    h("div", { class: "bc-bar" }, h("strong", { class: "bc-title" }, words["form_" + view.form]), h("span", { "data-testid": "progress" }, fill(words.progress, view))),
    reportList(view.reports),
    view.items.map((item, n) => question(item, n, view, words, language, outbox)),
    h("div", { class: "bc-footer" }, view.total > 1 ? h("p", null, fill(words.progress, view)) : null, savedLine(outbox, words, view.saved, language), h("p", { class: "bc-keys" }, words.keys)),
  ]
    .flat()
    .filter(Boolean);
}

/** Answer a question; `base` is the answer that this one replaces. */
function answer(outbox, item, option) {
  outbox.send("answer", item.id, { item: item.id, value: option.id, base: item.base });
}

function question(item, n, view, words, language, outbox) {
  const id = `${view.activity}-${item.id}`;
  return h(
    "div",
    { class: "bc-question-item", role: "group", tabindex: -1, "aria-labelledby": id, "data-key": item.id, "data-item": item.id, "data-testid": item.id },
    h("p", { class: "bc-question", id }, view.items.length > 1 ? `${n + 1}. ` : "", item.question[language]),
    item.options.map((option, index) =>
      h(
        "button",
        { type: "button", class: "bc-choice", "data-key": option.id, "data-testid": `${item.id}-${option.id}`, "aria-pressed": String(item.chosen === option.id), "data-own": words.your_answer, onclick: () => answer(outbox, item, option) },
        h("kbd", { "aria-hidden": "true" }, index + 1),
        h("span", { class: "bc-choice-name" }, option.text[language]),
      ),
    ),
    h(
      "div",
      { class: item.reasons.length ? "bc-feedback" : null, "aria-live": "polite", "data-key": "reasons", "data-testid": item.id + "-reasons" },
      item.reasons.map((reason) =>
        h(
          "p",
          { class: reason.correct === null ? "bc-verdict" : reason.correct ? "bc-verdict bc-match" : "bc-verdict bc-differs" },
          reason.correct === null ? null : h("strong", null, words[reason.correct ? "right" : "wrong"], " "),
          h("em", null, reason.text[language]),
          " – ",
          reason.reason[language],
        ),
      ),
      item.chosen && !item.reasons.length ? h("p", { class: "bc-note" }, words["kept_" + view.form]) : null,
    ),
  );
}

function quizKeys({ view, outbox }, event) {
  if (!/^[1-9]$/.test(event.key)) return null;
  const id = event.target.closest("[data-item]")?.dataset.item ?? (view.items.length === 1 ? view.items[0].id : null);
  const item = view.items.find((one) => one.id === id);
  const option = item?.options[Number(event.key) - 1];
  return option ? () => answer(outbox, item, option) : null;
}

export default { render: ({ model, el }) => mount({ model, el, name: "quiz", draw: quiz, keys: quizKeys, start: {} }) };
