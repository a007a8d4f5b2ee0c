// The student's own path: lessons with their states, what comes next, and the files to take along.

function portfolio(state) {
  const { view, words } = state;
  return [
    h(
      "div",
      { class: "bc-bar" },
      h("strong", { class: "bc-title" }, words.title),
      h("span", null, fill(words.whose, view)),
      h("span", { "data-testid": "progress" }, fill(words.progress, view.progress)),
    ),
    reportList(view.reports),
    h("p", { class: "bc-note", "data-key": "purpose" }, words.purpose),
    h("ol", { class: "bc-path", "aria-label": words.lessons, "data-key": "lessons" }, view.lessons.map((lesson) => h("li", { "data-key": lesson.id }, lesson.entries.length ? lessonOf(lesson, state) : lessonLine(lesson, words)))),
    comesNext(state),
    view.others ? h("p", { class: "bc-note", "data-testid": "others", "data-key": "others" }, fill(words.others_count, { n: view.others })) : null,
    filesPart(state),
    h("div", { class: "bc-footer", "data-key": "footer" }, h("p", { class: "bc-keys" }, words.keys)),
  ].filter(Boolean);
}

function stateOf(one, words) {
  return h("span", { class: "bc-path-state", "data-state": one.state }, h("span", { "aria-hidden": "true" }, one.mark, " "), words["state_" + one.state]);
}

/** A piece for each activity that counts, filled or half filled; the words beside it say the same. */
function bar(lesson) {
  const counted = lesson.entries.filter((entry) => !entry.optional);
  return h("span", { class: "bc-path-bar", "aria-hidden": "true" }, counted.map((entry) => h("span", { "data-state": entry.state })));
}

function lessonLine(lesson, words) {
  const counts = { done: lesson.done, total: lesson.total };
  return h(
    "span",
    { class: "bc-path-lesson", "data-testid": "lesson-" + lesson.id, "data-state": lesson.state },
    h("span", { class: "bc-path-title" }, `${lesson.id} ${lesson.title}`),
    " ",
    stateOf(lesson, words),
    " ",
    lesson.total ? [bar(lesson), " ", h("span", { class: "bc-path-count" }, fill(words.lesson_progress, counts))] : null,
  );
}

function lessonOf(lesson, state) {
  const { words } = state;
  return h(
    "details",
    { "data-testid": "details-" + lesson.id },
    h("summary", null, lessonLine(lesson, words)),
    h("ul", { class: "bc-path-entries" }, lesson.entries.map((entry) => entryOf(entry, state))),
    h("p", { class: "bc-note" }, fill(words.lesson_decisions, { n: lesson.decisions })),
  );
}

function entryOf(entry, { words, language }) {
  return h(
    "li",
    { "data-key": entry.id, "data-testid": "entry-" + entry.id, "data-state": entry.state },
    h("span", { class: "bc-path-title" }, entry.title),
    entry.optional ? ` (${words.extra}) ` : " ",
    stateOf(entry, words),
    " ",
    h("span", { class: "bc-path-count" }, fill(words["done_" + entry.kind], entry), entry.at ? ` · ${fill(words.last, { when: dayAndTime(entry.at, language) })}` : null),
  );
}

function dayAndTime(at, language) {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? "–" : time.toLocaleString(language === "en" ? "en-GB" : language, { dateStyle: "medium", timeStyle: "short" });
}

function comesNext({ view, words }) {
  return h(
    "div",
    { class: "bc-path-part", "data-key": "next", "data-testid": "next" },
    h("p", { class: "bc-path-heading" }, words.next_steps),
    view.next.length
      ? h(
          "ul",
          null,
          view.next.map((step) => h("li", null, fill(words.next_step, step), " ", h("span", { class: "bc-path-count" }, `(${fill(words.of, step)})`))),
          view.more ? h("li", null, fill(words.next_more, { n: view.more })) : null,
        )
      : h("p", null, view.lessons.some((lesson) => lesson.entries.length) ? words.nothing_open : words.no_lessons),
  );
}

function filesPart(state) {
  const { view, words, language } = state;
  const folder = words.how_to_open.split("{folder}");
  return h(
    "div",
    { class: "bc-path-part", "data-key": "files" },
    h("p", { class: "bc-path-heading" }, words.files),
    h("p", { class: "bc-note" }, words.write_about),
    h("button", { type: "button", class: "bc-button bc-primary", "data-testid": "write", onclick: () => write(state) }, words[view.files.length ? "write_again" : "write"], " ", h("kbd", { "aria-hidden": "true" }, "w")),
    h("div", { class: "bc-path-files", role: "status", "data-testid": "status", "data-state": progressOf(state) }, statusLines(state)),
    view.files.length ? h("ul", { class: "bc-path-written" }, view.files.map((file) => h("li", { "data-key": file.name, "data-testid": "file-" + file.name }, fileLine(file, words, language)))) : h("p", null, fill(words.not_written, { files: view.names.join(", ") })),
    h("p", { class: "bc-note" }, folder[0], h("code", null, view.folder), folder[1]),
  );
}

function fileLine(file, words, language) {
  const [, after] = words.file_line.split("{path}");
  return [h("code", null, file.path), fill(after, { size: file.size, when: dayAndTime(file.at, language) })];
}

/** What the last request came to: `asked` is how often a file had been written when the button was pressed. */
function progressOf({ view, outbox, local }) {
  if (local.asked === null) return "idle";
  if (outbox.problem) return "problem";
  if (outbox.late) return "late";
  return local.asked === view.times ? "writing" : "written";
}

function statusLines(state) {
  const { view, words, outbox } = state;
  const lines = {
    idle: null,
    problem: h("p", { class: "bc-problem", lang: "en", "data-key": "problem" }, outbox.problem),
    late: h("p", { class: "bc-problem", "data-key": "late" }, words.late),
    writing: h("p", { "data-key": "writing" }, words.writing_now),
    written: h("p", { "data-key": "written" }, h("strong", { class: "bc-saved" }, fill(words.written_notice, { files: view.files.map((file) => file.path).join(" · ") })), " ", view.missing),
  };
  return [lines[progressOf(state)]].filter(Boolean);
}

function write({ view, outbox, change }) {
  outbox.problem = "";
  outbox.late = false;
  change({ asked: view.times });
  outbox.ask("write");
}

function portfolioKeys(state, event) {
  return event.key === "w" ? () => write(state) : null;
}

export default { render: ({ model, el }) => mount({ model, el, name: "portfolio", draw: portfolio, keys: portfolioKeys, start: { asked: null } }) };
