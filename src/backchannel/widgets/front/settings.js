// The page for name and language.

function settings({ view, words, language, outbox, local, change }) {
  const name = local.name ?? view.name;
  const save = () => name.trim() && name !== view.name && outbox.send("name", "name", { value: name });
  return [
    h("div", { class: "bc-bar" }, h("strong", { class: "bc-title" }, words.title)),
    reportList(view.reports),
    h(
      "div",
      { class: "bc-aside" },
      h(
        "label",
        { class: "bc-notefield" },
        h("span", null, words.name),
        h("input", { type: "text", class: "bc-input", maxlength: 80, autocomplete: "off", "data-testid": "name", value: name, oninput: (event) => change({ name: event.target.value }), onchange: save, onkeydown: (event) => event.key === "Enter" && save() }),
        h("span", { class: "bc-note" }, words.hint),
      ),
      h("button", { type: "button", class: "bc-button bc-primary bc-beside", "data-testid": "save-name", onclick: save }, words.save_name),
    ),
    h(
      "div",
      { class: "bc-switch", role: "group", "aria-label": words.language },
      h("span", null, words.language, " "),
      view.languages.map((id) => h("button", { type: "button", class: "bc-button", lang: id, "data-testid": "language-" + id, "aria-pressed": String(view.chosen === id), onclick: () => outbox.send("language", "language", { value: id }) }, { en: "English", de: "Deutsch" }[id])),
      h("span", { class: "bc-note" }, " ", words.again),
    ),
    h("div", { class: "bc-footer" }, savedLine(outbox, words, view.saved, language), h("p", { class: "bc-keys" }, words.folder, " ", h("code", null, view.file))),
  ].filter(Boolean);
}

export default { render: ({ model, el }) => mount({ model, el, name: "settings", draw: settings, keys: () => null, start: { name: null } }) };
