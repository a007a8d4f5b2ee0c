// A field for each prompt. What is typed stays in the page until it is saved.

function writing(state) {
  const { view, words, language, outbox } = state;
  return [
    h("div", { class: "bc-bar" }, h("strong", { class: "bc-title" }, words.heading)),
    reportList(view.reports),
    view.prompts.map((prompt) => field(prompt, state)),
    h("div", { class: "bc-footer" }, savedLine(outbox, words, view.saved, language), h("p", { class: "bc-keys" }, words.keys)),
  ]
    .flat()
    .filter(Boolean);
}

function field(prompt, { view, words, drafts, outbox, change }) {
  const text = drafts.of(prompt.id, prompt.text);
  const count = text.split(/\s+/).filter(Boolean).length;
  const save = (value) => value !== prompt.text && outbox.send("write", prompt.id, { prompt: prompt.id, value, base: prompt.base });
  return h(
    "div",
    { class: "bc-question-item", "data-key": prompt.id },
    h(
      "label",
      { class: "bc-notefield" },
      h("span", { class: "bc-question" }, prompt.prompt),
      h("textarea", {
        rows: 5,
        maxlength: view.longest,
        "data-testid": "text-" + prompt.id,
        value: text,
        oninput: (event) => {
          drafts.put(prompt.id, event.target.value);
          change({});
        },
        onchange: (event) => save(event.target.value),
      }),
    ),
    h(
      "p",
      { class: "bc-note" },
      h("button", { type: "button", class: "bc-button", "data-testid": "save-" + prompt.id, disabled: text === prompt.text, onclick: () => save(text) }, words.save),
      " ",
      fill(words.count, { count }),
      text !== prompt.text ? " · " + words.unsaved : null,
    ),
  );
}

export default { render: ({ model, el }) => mount({ model, el, name: "writing", draw: writing, keys: () => null, start: {} }) };
