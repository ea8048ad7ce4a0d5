// The sections of the page in their order, what each says when it is empty, and the way between them.

const body = (id) => document.querySelector(`#${id} .body`);
const sectionsInOrder = [...document.querySelectorAll("main section")];
const emptySections = new Set(), emptyAtFirst = new Set();

/// Fills a section, or says why there is nothing to show and moves it behind what there is. One broken section
/// does not take the others along.
function section(id, isFilled, reason, content) {
  const whole = document.getElementById(id);
  whole.hidden = !isFilled && isFiltered() && !emptyAtFirst.has(id);
  if (!isFilled) {
    emptySections.add(id);
    if (!isFiltered()) emptyAtFirst.add(id);
    for (const lead of whole.querySelectorAll(".lead")) lead.hidden = true;
    body(id).append(make("p", {class: "empty"}, reason));
    whole.classList.add("bare");
    whole.parentNode.append(whole);
    return;
  }
  try {
    const element = content();
    if (element) body(id).append(element);
  } catch (error) {
    body(id).append(make("p", {class: "empty"}, `This section could not be drawn: ${error.message}`));
    console.error(error);
  }
}

/// What is drawn when it comes near the screen: the page is there before its largest pictures are.
const waiting = new Map();
const watcher = new IntersectionObserver((entries) => {
  for (const {target, isIntersecting} of entries) if (isIntersecting) drawNow(target);
}, {rootMargin: "700px"});
let drawsAtOnce = false;

function drawNow(place) {
  const work = waiting.get(place);
  watcher.unobserve(place);
  waiting.delete(place);
  place.classList.remove("waiting");
  work?.();
}

/// A place that `work` fills once it is seen.
function whenSeen(place, work) {
  if (drawsAtOnce) { work(); return place; }
  place.classList.add("waiting");
  waiting.set(place, work);
  watcher.observe(place);
  return place;
}

/// For paper, and for whoever looks at all of the page: nothing waits any more.
function drawAll() {
  drawsAtOnce = true;
  for (const place of [...waiting.keys()]) drawNow(place);
}

/// Brings the sections back to where and how they were before anything was drawn.
function clearSections() {
  emptySections.clear();
  for (const place of waiting.keys()) watcher.unobserve(place);
  waiting.clear();
  for (const part of sectionsInOrder) {
    part.classList.remove("bare");
    part.hidden = false;
    for (const lead of part.querySelectorAll(".lead")) lead.hidden = false;
    part.querySelector(".body").replaceChildren();
    part.parentNode.append(part);
  }
}

const hasKnowledge = abundance.length > 0 || clusters.some((row) => row.subset && row.subset !== "unassigned");
const kNoSubsets = "No subsets: clusters were not named, because no knowledge file or no sample sheet was given. The clusters stand " +
    "without names; use the run command with a study file for names and abundances.";
const kNoComparison = hasKnowledge
    ? "No comparison: it needs patients with a sample at the baseline and at a later visit."
    : "No comparison: it needs named subsets, and a sample sheet that says which file is which patient and visit.";

function facts() {
  const read = samplesQc.reduce((sum, row) => sum + row.events, 0);
  const kept = samplesQc.reduce((sum, row) => sum + row.kept, 0);
  const healthy = everyone.filter(isHealthy).length;
  const fact = (value, words) => make("li", {}, make("b", {}, value), ` ${words}`);
  return [
    sick.length ? fact(count(sick.length), sick.length === 1 ? "patient" : "patients") : null,
    healthy ? fact(count(healthy), healthy === 1 ? "healthy control" : "healthy controls") : null,
    results.visits.length ? fact(results.visits.join(", "), results.visits.length === 1 ? "(visit)" : "(visits)") : null,
    samplesQc.length ? fact(count(samplesQc.length), samplesQc.length === 1 ? "sample" : "samples") : null,
    read ? fact(count(kept), `events kept of ${count(read)}`) : null,
    clusters.length ? fact(count(clusters.length), "metaclusters") : null,
  ].filter(Boolean);
}

/// The parts that show one visit at a time, with one switch above both.
function byVisit(id, drawAt) {
  const place = make("div");
  const shown = comparedVisits.includes(results.answer.visit) ? results.answer.visit : comparedVisits[0];
  const show = (visit) => { place.replaceChildren(); drawAt(place, visit); };
  if (comparedVisits.length > 1) {
    body(id).append(make("div", {class: "controls"}, "Visit", choice(comparedVisits, shown, show)));
  }
  body(id).append(place);
  show(shown);
}

/// The subsets of the question, each sum followed by its parts.
const asked = unique([...results.primary, ...results.secondary].flatMap((subset) => [subset, ...(partsOf.get(subset) || [])]));

function courses() {
  const inTable = new Set(abundance.map((row) => row.subset));
  const first = toldOnce(asked).filter((subset) => inTable.has(subset) && detected.has(subset));
  const others = toldOnce(subsetOrder.map(({subset}) => subset)).filter((subset) => !first.includes(subset) && detected.has(subset));
  const key = make("div", {class: "key"});
  const chosen = new Set();
  const bringForward = () => {
    for (const series of body("courses").querySelectorAll(".series")) {
      series.classList.toggle("faint", chosen.size > 0 && !chosen.has(series.dataset.patient));
    }
  };
  for (const patient of sick.filter((one) => abundance.some((row) => row.patient === one))) {
    const button = make("button", {type: "button", "aria-pressed": "false"}, shapeMark(seriesStyle(patient)), patientHead(patient, ...results.visits));
    button.addEventListener("click", () => {
      if (!chosen.delete(patient)) chosen.add(patient);
      button.setAttribute("aria-pressed", String(chosen.has(patient)));
      bringForward();
    });
    key.append(button);
  }
  const grid = make("div", {class: "grid"});
  body("courses").append(key, grid);
  const add = (to, figures) => { to.append(...figures.filter(Boolean)); addExports(to); bringForward(); };
  add(grid, [...(first.length ? first : others.slice(0, 6)).map(courseFigure), activityFigure()]);
  if (first.length === 0 && others.length <= 6) return null;
  const rest = first.length ? others : others.slice(6);
  if (rest.length === 0) return null;
  const restGrid = make("div", {class: "grid"});
  const details = make("details", {}, make("summary", {}, rest.length === 1 ? "One other subset" : `The other ${rest.length} subsets`), make("br"), restGrid);
  details.addEventListener("toggle", () => { if (details.open && !restGrid.hasChildNodes()) add(restGrid, rest.map(courseFigure)); });
  return details;
}

function waterfalls(place, visit) {
  const inRows = unique(patientRows.map((row) => row.subset));
  const subsets = toldOnce(asked.some((subset) => inRows.includes(subset)) ? asked.filter((subset) => inRows.includes(subset)) : inRows);
  const grid = make("div", {class: "grid"});
  const key = make("div", {class: "key"}, [...kToldFill].map(([told, colour]) =>
      make("span", {}, make("i", {style: `background:${colour}`}), `${signOf(told)} ${told}`)));
  place.append(key, grid);
  const figures = subsets.map((subset) => waterfallFigure(subset, visit)).filter(Boolean);
  if (figures.length === 0) place.append(make("p", {class: "empty"}, "No change could be quantified at this visit."));
  grid.append(...figures);
  addExports(grid);
}

function about() {
  const line = (term, text) => text ? [make("dt", {}, term), make("dd", {}, text)] : [];
  let configuration = results.configuration;
  try { configuration = JSON.stringify(JSON.parse(configuration), null, 2); } catch { /* shown as it is */ }
  const version = results.version || "(unknown version)";
  return make("div", {},
      make("p", {}, `Made with gateless ${version}. ` +
          "The same files, configuration and seed give the same labels on any backend and number of threads."),
      make("dl", {}, line("Version", results.version), line("Seed", results.seed), line("Backend", results.backend), line("Device", results.device),
           line("Tables", "beside this page; columns.csv says what each of their columns holds"),
           line("Input files", "named with their SHA-256 in run.json beside this page")),
      configuration ? make("details", {}, make("summary", {}, "Configuration in full"), make("pre", {tabindex: "0", role: "region", "aria-label": "Configuration"}, configuration)) : null);
}

function contents() {
  const links = [...document.querySelectorAll("main section")].filter((part) => !part.hidden).map((part) => {
    const link = make("a", {href: `#${part.id}`, class: emptySections.has(part.id) ? "bare" : ""}, part.dataset.short);
    link.addEventListener("click", (event) => {  // the filter stays in the address
      event.preventDefault();
      const text = state.toString();
      history.pushState(null, "", `#${part.id}${text ? `?${text}` : ""}`);
      part.scrollIntoView();
    });
    return {part, link};
  });
  document.getElementById("contents").replaceChildren(...links.map(({link}) => link));
  const mark = () => {
    const past = links.filter(({part}) => part.getBoundingClientRect().top < 120);
    const here = past.length ? past[past.length - 1] : links[0];
    for (const entry of links) {
      entry.link.classList.toggle("here", entry === here);
      if (entry === here) entry.link.setAttribute("aria-current", "true"); else entry.link.removeAttribute("aria-current");
    }
  };
  removeEventListener("scroll", contents.mark);
  contents.mark = mark;
  addEventListener("scroll", mark, {passive: true});
  mark();
}

document.getElementById("facts").append(...facts());
document.querySelector("header").append(...results.untold.map((text) => make("p", {class: "untold"}, text)));
document.querySelector("header").append(...doubts());
function drawSections() {
  section("answer", results.answer.statements.length > 0, patientRows.length ? "No primary subsets were declared; see the patients below." : kNoComparison, answer);
  section("calls", patientRows.length > 0, kNoComparison, () => byVisit("calls", (place, visit) => place.append(callTables(visit))));
  section("courses", abundance.length > 0 && sick.length > 0,
          abundance.length ? "No course: no sample sheet says which file is which patient and visit." : kNoSubsets, courses);
  section("waterfalls", patientRows.length > 0, kNoComparison, () => byVisit("waterfalls", waterfalls));
  section("changes", changes.length > 0, kNoComparison, changeTable);
  section("states", stateRows.length > 0, kNoComparison, () => byVisit("states", stateTables));
  section("abnormal", results.abnormal.rows.length > 0 || results.limits.length > 0, hasKnowledge ? "No abnormal population was found." : kNoSubsets, abnormalTable);
  section("abundance", abundance.length > 0, kNoSubsets, abundanceTable);
  section("clusters", clusters.length > 0, "No clusters: nothing was clustered.", heatMaps);
  section("pictures", results.back_gates.length > 0 || results.sampled_events.length > 0, "No events to show.", evidence);
  section("map", results.sampled_events.some(({map}) => map), "No map: no events were placed.", eventMap);
  section("gates", results.gates.rows.length > 0, hasKnowledge ? "No gates: no population has events enough." : kNoSubsets, gatesTable);
  section("unresolved", results.unresolved.rows.length > 0,
          hasKnowledge ? "Every subset of the knowledge file can be told with this panel." : "No knowledge file was used, so no subset was asked for.", unresolvedTable);
  section("qc", samplesQc.length > 0, "No samples were read.", qualityTable);
  section("warnings", warningGroups().length > 0, "None.", warnings);
  section("stages", results.stages.rows.length > 0, "No stages were timed.", stageTable);
  section("done", results.done.steps.length > 0, "Nothing was read.", whatWasDone);
  section("about", true, "", about);
  countWarnings();
}

/// Everything anew, as the filter says. With `andBar` the bar is drawn again too, with what it says now.
function redraw(andBar) {
  clearSections();
  document.getElementById("warnings").dataset.short = "Warnings";
  refill();
  drawSections();
  contents();
  addExports(document.querySelector("main"));
  const bar = document.getElementById("filter");
  if (andBar === true || bar.childElementCount === 0) bar.replaceChildren(...filterBar(redraw));
  bar.querySelector(".clear")?.remove();
  if (isFiltered()) bar.querySelector(".theme").before(...filterBar(redraw).filter((part) => part.classList?.contains("clear")));
  document.getElementById("shown").textContent = filterWords();
}

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const setTheme = () => { document.documentElement.dataset.theme = prefersDark.matches ? "dark" : "light"; };
setTheme();
prefersDark.addEventListener("change", () => { setTheme(); redraw(); });
readAddress();
redraw();
goToSection();
addEventListener("hashchange", () => { if (readAddress()) redraw(true); goToSection(); });
let themeOnScreen = "";
addEventListener("beforeprint", () => {
  drawAll();
  themeOnScreen = document.documentElement.dataset.theme;
  if (themeOnScreen === "dark") { document.documentElement.dataset.theme = "light"; redraw(); }
});
addEventListener("afterprint", () => {
  if (themeOnScreen === "dark") { document.documentElement.dataset.theme = "dark"; redraw(); }
});
