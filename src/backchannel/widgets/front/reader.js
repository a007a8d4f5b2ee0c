// The reader: a document's passages in order, claims highlighted, the chain of a chosen claim beside them.

function reader({ view, words, language, local, change }) {
  return [
    h(
      "div",
      { class: "bc-bar" },
      h("strong", { class: "bc-title" }, `${view.label} · ${view.name[language]}`),
      languageSwitch(words, local.textLanguage, (id) => change({ textLanguage: id })),
      view.hasOriginal
        ? h("button", { type: "button", class: "bc-button", "data-testid": "originals", "aria-pressed": String(Boolean(local.originals)), onclick: () => toggleOriginals(local, change) }, words.originals)
        : null,
    ),
    h("p", { class: "bc-legend" }, words.legend),
    h(
      "div",
      { class: "bc-passages" },
      view.passages.map((passage) => passageView(passage, words, language, local, change)),
    ),
    view.hasOriginal ? null : h("p", { class: "bc-note" }, words.no_original),
  ].filter(Boolean);
}

function toggleOriginals(local, change) {
  if (local.originals) change({ originals: null });
  else local.ask();
}

function passageView(passage, words, language, local, change) {
  const picked = local.picked?.passage === passage.id ? local.picked.claim : null;
  // A stretch may carry several claims; picking it again goes on to the next of them, then to none.
  const pick = (claims, current) => {
    const next = claims[claims.indexOf(current) + 1];
    change({ picked: next ? { passage: passage.id, claim: next } : null });
  };
  const claim = passage.claims.find((one) => one.position === picked);
  return h(
    "article",
    { class: "bc-passage bc-kind-" + passage.kind, "data-key": passage.id, "data-testid": passage.id },
    h("p", { class: "bc-place" }, h("span", { class: "bc-badge" }, passage.locator), " " + words["kind_" + passage.kind]),
    h(
      "div",
      { class: "bc-sides" },
      languagesOf(local.textLanguage).map((id) => reading(passage[id], id, picked, pick)),
      local.originals?.[passage.id] ? h("blockquote", { class: "bc-original", lang: "de" }, local.originals[passage.id]) : null,
    ),
    h("div", { "aria-live": "polite", "data-key": "card" }, claim ? claimCard(claim, words, language, local) : null),
  );
}

function claimCard(claim, words, language, local) {
  return h(
    "div",
    { class: "bc-card", "data-testid": "claim-card", "data-claim": claim.id },
    h("p", { class: "bc-place" }, h("span", { class: "bc-badge" }, claim.id)),
    languagesOf(local.textLanguage).map((id) => h("p", { lang: id }, claim.text[id])),
    claim.quote ? h("p", null, words.quote, " ", h("q", { lang: "de" }, claim.quote)) : null,
    claim.chain.length
      ? h("p", null, words.chain, " ", claim.chain.map((hop, n) => [n ? " ← " : "", h("span", null, hop.name[language]), hop.cue ? [" (", h("span", { lang: "de", class: "bc-cue" }, hop.cue), ")"] : null]))
      : null,
  );
}

export default {
  render: ({ model, el }) =>
    mount({
      model,
      el,
      name: "reader",
      draw: reader,
      keys: ({ change }, event) => (event.key === "Escape" ? () => change({ picked: null }) : null),
      hear: (message, { change }) => message?.kind === "originals" && change({ originals: message.passages }),
      start: { picked: null, originals: null, ask: () => model.send({ kind: "originals" }) },
    }),
};
