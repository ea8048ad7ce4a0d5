// Markers within the subsets: how their medians changed, subsets down and markers across.

const kFalseDiscoveries = 0.05;
const kFewestPatients = 3;
const kFullColour = 1;  // spreads of the cells

/// Blue for lower, orange for higher, as everywhere on the page.
function changeColour(spreads) {
  const ends = isDark() ? [[20, 27, 35], [38, 98, 146], [146, 80, 22]] : [[255, 255, 255], [118, 174, 221], [238, 164, 92]];
  const share = Math.min(1, Math.abs(spreads) / kFullColour);
  const end = spreads < 0 ? ends[1] : ends[2];
  return `rgb(${ends[0].map((value, at) => Math.round(value + share * (end[at] - value))).join(",")})`;
}

function stateCell(row, marker) {
  if (row && row.patients < kFewestPatients) return make("td", {class: "level none", title: `${subsetName(row.subset)}, ${marker}: compared in ${row.patients} patient${row.patients === 1 ? "" : "s"} alone`});
  if (!row || missing(row.change)) return make("td", {class: "level none", title: `${marker}: not compared`});
  const spreads = row.spread > 0 ? row.change / row.spread : 0;
  const title = `${subsetName(row.subset)}, ${marker}: ${digits(row.median_before, 3)} \u2192 ${digits(row.median_after, 3)} (medians over patients), ` +
      `change ${signed(row.change, 2)}, 95 % interval ${interval(row.change_low, row.change_high, (value) => signed(value, 2))}, ` +
      `${signed(spreads, 2)} spreads of its cells; higher in ${row.patients_up}, lower in ${row.patients_down} of ${row.patients} patients; ` +
      `p ${probability(row.p)} (${row.patients} patients can give ${probability(2 ** (1 - row.patients))} at best), q ${probability(row.q)}`;
  const isSure = !missing(row.q) && row.q < kFalseDiscoveries;
  return make("td", {class: "level", style: `background:${changeColour(spreads)}`, title},
              make("span", {class: isSure ? "sure" : "unseen"}, twoDecimals(row.change)));
}

/// One table a panel.
function stateTable(rows) {
  const markers = unique(rows.map((row) => row.marker));
  const byKey = new Map(rows.map((row) => [JSON.stringify([row.subset, row.marker]), row]));
  const known = unique(rows.map((row) => row.subset));
  const subsets = [...subsetOrder.map(({subset}) => subset).filter((subset) => known.includes(subset)), ...known.filter((subset) => !rankOf.has(subset))];
  const most = (subset) => Math.max(...rows.filter((row) => row.subset === subset).map((row) => row.patients));
  const lines = subsets.map((subset) => make("tr", {},
      make("th", {scope: "row", class: "name", style: `padding-left:${0.5 + 0.8 * Math.max(0, (depthOf.get(subset) || 1) - 1)}rem`}, subsetName(subset)),
      make("td", {class: "number"}, most(subset)), markers.map((marker) => stateCell(byKey.get(JSON.stringify([subset, marker])), marker))));
  const head = make("tr", {}, make("th", {scope: "col", class: "name"}, "Subset"), make("th", {scope: "col", class: "number", title: "patients compared"}, "Patients"),
                    markers.map((marker) => make("th", {scope: "col", class: "marker"}, make("span", {}, marker))));
  const table = make("table", {class: "heat states", style: `max-width:${340 + 56 * markers.length}px`}, make("thead", {}, head), make("tbody", {}, lines));
  table.allRows = () => [["subset", "marker", "comparison", "patients", "median_before", "median_after", "change", "low", "high", "spread", "up", "down", "p", "q"],
      ...rows.map((row) => [subsetName(row.subset), row.marker, row.comparison, row.patients, row.median_before, row.median_after, row.change, row.change_low,
                            row.change_high, row.spread, row.patients_up, row.patients_down, row.p, row.q])];
  return make("div", {class: "scroll", tabindex: "0"}, table);
}

function stateTables(place, visit) {
  const rows = stateRows.filter((row) => row.comparison.startsWith(`${visit} `));
  if (rows.length === 0) return place.append(make("p", {class: "empty"}, "No median could be compared at this visit."));
  const steps = [-1, -0.5, 0, 0.5, 1].map((share) => changeColour(share * kFullColour)).join(",");
  place.append(...[restsOnDoubt([visit])].filter(Boolean), make("p", {class: "scale note"}, "1 spread lower or more", make("i", {style: `background:linear-gradient(90deg,${steps})`}), "1 spread higher or more"));
  const panels = unique(rows.map((row) => row.panel));
  for (const panel of panels) {
    if (panels.length > 1) place.append(make("h3", {class: "map"}, panelWords(panel)));
    place.append(stateTable(rows.filter((row) => row.panel === panel)));
  }
  addExports(place);
}
