// One filter for the whole page, and links that open it at a place: #abundance?patient=P1&subset=b_dn

/// What the address says beside the section.
const state = new URLSearchParams();
const kFiltered = ["patient", "visit", "group", "subset", "words"];
const kTables = {abundance, changes, patientRows, stateRows, clusters, samplesQc};
const kWhole = Object.fromEntries(Object.entries(kTables).map(([name, rows]) => [name, [...rows]]));
const kWholeResults = {gates: results.gates, unresolved: results.unresolved, abnormal: results.abnormal};

/// Patient, visit and group of each sample.
const factsOf = new Map(kWhole.abundance.map((row) => [row.sample, {patient: row.patient, visit: row.visit, group: row.group}]));

function isWithin(subset, ancestor) {
  for (let at = subset, steps = 0; at && steps < 50; at = parentOf.get(at), ++steps) if (at === ancestor) return true;
  return (partsOf.get(ancestor) || []).includes(subset);
}

function hasWords(row) {
  const words = (state.get("words") || "").toLowerCase();
  if (!words) return true;
  const texts = Object.values(row).filter((value) => typeof value === "string");
  if (row.subset) texts.push(subsetName(row.subset));
  return texts.some((text) => text.toLowerCase().includes(words));
}

/// Whether the filter lets a row through; what a row does not say is not asked of it.
function isShown(row) {
  const facts = {...factsOf.get(row.sample), ...row};
  const fits = (name) => !state.get(name) || missing(facts[name]) || facts[name] === "" || facts[name] === state.get(name);
  const group = !state.get("group") || !facts.patient || groupOf.get(facts.patient) === state.get("group");
  const visit = facts.comparison ? !state.get("visit") || facts.comparison.startsWith(`${state.get("visit")} `) : fits("visit");
  const subset = !state.get("subset") || !facts.subset || isWithin(facts.subset, state.get("subset"));
  return fits("patient") && visit && group && subset && hasWords(row);
}

function isFiltered() {
  return kFiltered.some((name) => state.get(name));
}

function refill() {
  for (const [name, rows] of Object.entries(kTables)) rows.splice(0, rows.length, ...kWhole[name].filter(isShown));
  for (const name of ["gates", "unresolved", "abnormal"]) {
    const table = kWholeResults[name];
    const shown = records(table).map(isShown);
    results[name] = {...table, rows: table.rows.filter((_, index) => shown[index])};
  }
}

/// Notes a choice in the address without a step of its own in the history.
function remember(name, value) {
  if (value) state.set(name, value); else state.delete(name);
  const here = location.hash.slice(1).split("?")[0];
  const text = state.toString();
  history.replaceState(null, "", `#${here}${text ? `?${text}` : ""}`);
}

/// Takes the address as it is; true if it says something else than before.
function readAddress() {
  const before = state.toString();
  const text = location.hash.includes("?") ? location.hash.slice(location.hash.indexOf("?") + 1) : "";
  for (const name of [...state.keys()]) state.delete(name);
  for (const [name, value] of new URLSearchParams(text)) state.set(name, value);
  return state.toString() !== before;
}

function goToSection() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1).split("?")[0]) || "none");
  if (place) place.scrollIntoView();
}

/// The bar above the page. redraw() is called after each choice.
function filterBar(redraw) {
  const change = (name) => (value) => { remember(name, value); redraw(); };
  const all = (word, values) => [["", `all ${word}`], ...values.map((value) => Array.isArray(value) ? value : [value, value])];
  const groups = unique([...groupOf.values()]).filter(Boolean);
  const names = subsetOrder.map(({subset, depth}) => [subset, "\u2003".repeat(depth) + subsetName(subset)]);
  const value = (name) => state.get(name) || "";
  let waiting = 0;
  const search = searchBox("Search", (words) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => change("words")(words), 180);
  });
  search.querySelector("input").value = value("words");
  const clear = make("button", {type: "button", class: "clear"}, "Show all");
  clear.addEventListener("click", () => { for (const name of kFiltered) remember(name, ""); redraw(true); });
  const theme = make("button", {type: "button", class: "theme"}, "Dark or light");
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    redraw();
  });
  return [everyone.length ? picker("Patient", all("patients", everyone), value("patient"), change("patient")) : null,
          results.visits.length ? picker("Visit", all("visits", results.visits), value("visit"), change("visit")) : null,
          groups.length > 1 ? picker("Group", all("groups", groups), value("group"), change("group")) : null,
          names.length ? picker("Subset", all("subsets", names), value("subset"), change("subset")) : null,
          search, isFiltered() ? clear : null, theme].filter(Boolean);
}

/// In words, for who cannot see the bar.
function filterWords() {
  const parts = kFiltered.filter((name) => state.get(name)).map((name) => name === "subset" ? subsetName(state.get(name))
      : name === "words" ? `\u201C${state.get(name)}\u201D` : state.get(name));
  return parts.length ? `Showing only ${parts.join(", ")}.` : "";
}
