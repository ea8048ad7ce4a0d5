// What is read first: which samples to distrust, what changed in whom, what cannot be told.

const kMark = "\u26A0";

/// What is wrong with a patient's samples at one of the visits, in one text; empty if nothing is.
function doubtsOf(patient, visits) {
  return results.attention.samples.filter((sample) => sample.patient === patient && visits.includes(sample.visit))
      .map((sample) => `${sample.visit}: ${sample.reasons.join("; ")}`).join(" \u2014 ");
}

/// Text in which every mark of doubt is one that is read aloud.
function withMarks(text) {
  return text.split(kMark).flatMap((part, index) => index === 0 ? [part] : [
    make("span", {class: "doubt", role: "img", "aria-label": "this sample needs a look", title: "this sample needs a look: see the top of the page"}, kMark), part]);
}

/// The name of a patient with a mark where a sample of theirs at the baseline or one of the visits needs a look.
function patientHead(patient, ...visits) {
  const why = doubtsOf(patient, [results.answer.baseline, ...visits]);
  return why ? make("span", {title: why}, `${patient} `, make("span", {class: "doubt", role: "img", "aria-label": "a sample needs a look"}, kMark)) : patient;
}

/// Samples of patients that need a look and are in what is told of all patients together; nothing where none is.
function restsOnDoubt(visits) {
  const all = results.attention.samples.filter(({patient, visit}) => sick.includes(patient) && [results.answer.baseline, ...visits].includes(visit));
  return all.length === 0 ? null
      : make("p", {class: "note"}, ...withMarks(`${kMark} ${all.map(({patient, visit}) => `${patient}, ${visit}`).join("; ")}: among the patients here, and ${all.length === 1 ? "needs" : "need"} a look.`));
}

/// The first few, and the rest behind a click.
function shortList(items, className, shown = 4) {
  const list = (some) => make("ul", {class: className}, some.map((item) => make("li", {}, item)));
  const rest = items.slice(shown);
  return [list(items.slice(0, shown)), rest.length ? make("details", {}, make("summary", {}, `${count(rest.length)} more`), list(rest)) : null];
}

const kSigns = new Map([["up", "\u25B2"], ["down", "\u25BC"], ["some up", "\u25B3"], ["some down", "\u25BD"], ["mixed", ""],
                        ["no change", "="], ["unsure", "\u00B1"], ["not quantifiable", "?"]]);

/// How one finds the cells with a gate of one's own, and how well; nothing where none was learned.
function byHand(subset) {
  const gate = records(kWholeResults.gates).find((row) => row.subset === subset);
  if (!gate || missing(gate.recall) || missing(gate.precision)) return null;
  return make("p", {class: "detail"}, `By hand: ${gate.within_name ? `within ${gate.within_name}, ` : ""}${gate.rectangles.replace(/; /g, ", then ")}. ` +
      `${percent(gate.recall)} of these cells are inside, and ${percent(gate.precision)} of what is inside are these cells (Gates).`);
}

function statementCard(statement) {
  const isPrimary = statement.rank === "primary";
  const kind = ["up", "down"].includes(statement.call) ? statement.call : "same";
  const numbers = [make("p", {class: "detail"}, statement.detail), make("p", {class: "certainty"}, statement.certainty)];
  const headline = [make("b", {}, statement.name), " ", withMarks(statement.headline), "."];
  const further = [...[statement.caveat && `${statement.caveat}`, statement.beside, statement.healthy, statement.parts].filter(Boolean).map((text) => make("p", {class: "parts"}, withMarks(text))),
                   seeCells(statement.subset, statement.has), isPrimary ? byHand(statement.subset) : null].filter(Boolean);
  return make("article", {class: `statement ${kind}${isPrimary ? "" : " lesser"}`},
      make("span", {class: "arrow", "aria-hidden": "true"}, kSigns.get(statement.call)),
      make("div", {},
           isPrimary ? [make("p", {class: "headline"}, headline), further, numbers]
                     : [make("details", {}, make("summary", {class: "headline"}, headline), numbers), further]));
}

/// In how many patients a change of these subsets is called at the visit of the answer.
function callsOf(statements) {
  const subsets = new Set(statements.map(({subset}) => subset));
  return patientRows.filter((row) => row.visit === results.answer.visit && subsets.has(row.subset) && ["rose", "fell"].includes(row.told)).length;
}

/// All that changed beside what was asked: a click away, because many comparisons make some by chance.
function explored(statements, comparisons, isAll) {
  if (statements.length === 0) return null;
  const subsets = `${count(statements.length)} ${isAll ? "" : "other "}subset${statements.length === 1 ? "" : "s"}`;
  return make("details", {class: "explored", open: isAll ? "" : null},
      make("summary", {}, make("b", {}, `${isAll ? "What else changed: a" : "Also, a"} patient changed in ${subsets}`),
           ` (exploratory: ${count(callsOf(statements))} of the ${count(comparisons)} comparisons made here are called a change, chance alone would call up to ${count(0.05 * comparisons)})`),
      make("div", {class: "statements lesser"}, statements.map(statementCard)));
}

/// A subset of the question that has no answer: as visible as one that has.
function untoldCard({name, reason, asked}) {
  return make("article", {class: "statement same"}, make("span", {class: "arrow", "aria-hidden": "true"}, "?"),
              make("p", {class: "headline"}, make("b", {}, name), ` cannot be told here${asked ? ", though the study asks for it" : ""}: ${reason}.`));
}

/// What has no answer: names by the reason.
function untoldNotes(untold, words) {
  if (untold.length === 0) return null;
  const byReason = new Map();
  for (const {name, reason} of untold) byReason.set(reason, [...(byReason.get(reason) || []), name]);
  return make("p", {class: "note"}, make("b", {}, words), ` ${[...byReason].map(([reason, names]) => `${names.join(", ")} (${reason})`).join("; ")}.`);
}

/// The least relative change that is called, as the configuration has it.
function smallestChange() {
  try { return JSON.parse(results.configuration).compare.smallest_change ?? 0.15; } catch { return 0.15; }
}

function improvement() {
  const {sentence, lines} = results.answer.improvement;
  if (!sentence) return null;
  return make("div", {class: "improvement"}, make("h3", {}, "Which patients improved"), make("p", {}, sentence),
              lines.length ? make("ul", {class: "warnings"}, lines.map((text) => make("li", {}, withMarks(text)))) : null);
}

/// What changed in the cells themselves.
function markerStates() {
  const {lines, more, tested, shared, none} = results.answer.states;
  if (tested === 0) return null;
  const link = make("a", {href: "#states"}, "Markers");
  if (none) return make("p", {class: "note"}, make("b", {}, "Markers within the subsets:"), ` ${none}; see `, link, ".");
  return make("div", {class: "improvement"}, make("h3", {}, "What changed in the cells themselves"),
      make("p", {}, `Median of a marker in the cells of a subset, over all patients together; exploratory, ${count(tested)} medians compared. ${shared} All: `, link, "."),
      lines.length ? make("ul", {class: "warnings"}, lines.map((text) => make("li", {}, text))) : null,
      more ? make("p", {class: "note"}, `And ${count(more)} more marker${more === 1 ? "" : "s"}.`) : null);
}

function answer() {
  const {baseline, visit, patients, statements, unchanged, unsure, too_few: tooFew, untold, summary, together} = results.answer;
  document.querySelector("#answer h2").textContent = `What changed from ${baseline} to ${visit}`;
  const of = (rank) => statements.filter((statement) => statement.rank === rank && isShown({subset: statement.subset, name: statement.name}));
  const intro = `${patients === 1 ? "One patient is" : `${count(patients)} patients are`} compared with their own ${baseline}. ` +
      "A change is called in a patient when its 95 % interval, which allows for counting and for the usual variation between samples" +
      `${missing(results.noise) ? "" : ` (here ${digits(100 * results.noise, 2)} % of a fraction)`}, ` +
      `leaves out zero and it is ${digits(100 * smallestChange(), 2)} % or more. A filled arrow: at least half of the patients ` +
      "that can be told, and none the other way. \u201CHardly changed\u201D: the interval leaves no room for a fall by a third or a rise by half; \u201Cunsure\u201D: it does, but no change is shown.";
  const sentence = (words, names) => names.length ? make("p", {class: "note"}, make("b", {}, words), ` ${names.join(", ")}.`) : null;
  const second = of("secondary");
  return make("div", {}, make("p", {class: "lead"}, intro), improvement(),
      make("div", {class: "statements"}, of("primary").map(statementCard), untold.filter(({primary}) => primary).map(untoldCard)),
      second.length ? make("h3", {}, "What else changed") : null,
      summary ? make("p", {class: "note"}, summary) : null,
      make("div", {class: "statements lesser"}, second.map(statementCard)),
      explored(of("exploratory"), results.answer.explored, of("primary").length + second.length === 0),
      together.length ? make("p", {class: "note"}, make("b", {}, "No change is called in a single patient, but over all patients together:"), ` ${together.join("; ")}.`) : null,
      markerStates(),
      sentence("Hardly changed in any patient:", unchanged),
      sentence("No change shown, but a large one is not excluded in every patient:", unsure),
      sentence("Too few events to tell in any patient:", tooFew),
      untoldNotes(untold.filter(({primary}) => !primary), "Cannot be told here:"));
}
