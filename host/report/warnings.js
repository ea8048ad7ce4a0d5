// What is odd about samples: on the first screen, in the list of warnings and in the quality table by the same levels.

const kLooks = new Map(results.attention.files.map(([row, look, text], place) => [results.qc.rows[row][0], {look, text, place}]));

/// "P1, week 24 (a.fcs): what is odd".
function noteOf(note) {
  const patient = /^\d+$/.test(note.patient) ? `patient ${note.patient}` : note.patient;
  const who = note.patient ? `${patient}, ${note.visit}` : note.files.join(", ");
  return [make("b", {}, who), note.patient ? ` (${note.files.join(", ")})` : "", `: ${note.reasons.join("; ")}`];
}

/// What is said before anything is said of patients: which samples are bad, or that none is.
function doubts() {
  const {samples, noted, cut, general, moved} = results.attention;
  const files = results.qc.rows.length;
  if (files === 0) return [];
  const few = (number, one, many) => number === 1 ? `1 ${one}` : `${count(number)} ${many}`;
  const title = samples.length
      ? `${kMark} ${few(samples.length, "sample needs", "samples need")} a look (${few(files, "file", "files")} in all): what rests on ${samples.length === 1 ? "it" : "them"} carries this mark.`
      : `No bad sample was found: ${few(files, "file was", "files were")} judged by signal over time, drops, and each marker against the others.`;
  const also = noted.length ? make("p", {}, `Noted only: ${few(noted.length, "sample", "samples")} in which a marker lies 0.3 to 1 spread from the other files, ` +
      "as another mixture of cells gives (", make("a", {href: "#qc"}, "Quality"), ").") : null;
  const cutOut = cut ? make("p", {}, `${cut}.`) : null;
  return [make("div", {class: samples.length + general.length + moved.length ? "doubts" : "doubts calm"}, make("p", {}, make("b", {}, title)),
               samples.length ? shortList(samples.map(noteOf), "warnings") : null,
               samples.length ? make("p", {}, "What is kept counts like all else. To see what rests on a file, run again without its row in the sample sheet.") : null,
               general.length + moved.length ? shortList([...general, ...moved].map((text) => [text]), "warnings") : null, cutOut, also)];
}

/// [[heading, items]] without empty groups; the filter's words are looked for in each item.
function warningGroups() {
  const {samples, noted, cut, general, moved, rest} = results.attention;
  const spoken = (item) => item.map((part) => part instanceof Node ? part.textContent : part).join("");
  const plain = (texts) => texts.map((text) => [/^[a-z]+ /.test(text) ? text[0].toUpperCase() + text.slice(1) : text]);
  return [["Samples that need a look", samples.map(noteOf)], ["Of many samples at once", plain([...general, ...moved])],
          ["Of the study", plain(rest)], ["Noted only: a marker 0.3 to 1 spread from the other files", noted.map(noteOf)],
          ["Noted only: stretches that were cut out", cut ? [[cut]] : []]]
      .map(([heading, items]) => [heading, items.filter((item) => hasWords({text: spoken(item)}))]).filter(([, items]) => items.length);
}

function warnings() {
  return make("div", {}, warningGroups().map(([heading, items]) => [make("h3", {class: "map"}, `${heading} (${count(items.length)})`),
      make("ul", {class: "warnings"}, items.map((item) => make("li", {}, item)))]));
}

/// The number of warnings on their tab; what is noted only is none.
function countWarnings() {
  const number = warningGroups().filter(([heading]) => !heading.startsWith("Noted")).reduce((sum, [, items]) => sum + items.length, 0);
  if (number) document.getElementById("warnings").dataset.short = `Warnings (${number})`;
}
