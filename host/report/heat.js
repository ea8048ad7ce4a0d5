// The heat map of cluster medians: one scale for each marker of a panel, over all its maps.

const kHeat = {light: [[255, 255, 255], [198, 219, 239], [107, 174, 214], [33, 113, 181], [8, 48, 107]],
               dark: [[20, 27, 35], [28, 60, 92], [44, 106, 158], [107, 174, 214], [222, 238, 250]]};
const kUnusedHeat = {light: [[250, 250, 250], [218, 220, 222], [170, 174, 178]], dark: [[24, 27, 31], [60, 64, 69], [110, 116, 122]]};

function heatColour(share, isUsed = true) {
  const ramps = isUsed ? kHeat : kUnusedHeat;
  return `rgb(${mixed(isDark() ? ramps.dark : ramps.light, share).join(",")})`;
}

/// The ends of each marker over all clusters of a panel.
function markerRanges(panel) {
  const ranges = new Map();
  for (const row of kWhole.clusters.filter((one) => one.panel === panel)) {
    for (const [marker, value] of row.medians) {
      if (missing(value)) continue;
      const [low, high] = ranges.get(marker) || [value, value];
      ranges.set(marker, [Math.min(low, value), Math.max(high, value)]);
    }
  }
  return ranges;
}

/// Whether what the knowledge file says of its second source is worth a reader's time: where both agree it is not.
function isOtherwise(compared) {
  return /\bdiffers\b|\bno cluster\b/.test(compared || "");
}

/// One table a map: metaclusters down, markers across, sortable by each.
function heatMap(rows) {
  const ranges = markerRanges(rows[0].panel);
  const tree = results.node_trees.find(({panel, map}) => panel === rows[0].panel && map === rows[0].map);
  const isUsed = (marker) => !tree || tree.markers.includes(marker);
  const inPanel = unique(rows.flatMap((row) => row.medians.map(([marker]) => marker)));
  const markers = [...inPanel.filter(isUsed), ...inPanel.filter((marker) => !isUsed(marker))];
  const medians = new Map(rows.map((row) => [row, new Map(row.medians)]));
  const capital = (text) => text[0].toUpperCase() + text.slice(1);
  const titleOf = (row) => row.name || row.subset || `cluster ${row.metacluster}`;
  const name = (row, isSame) => {
    const title = isSame ? make("span", {class: "ditto"}, make("span", {class: "unseen"}, titleOf(row)), "\u2033") : `${titleOf(row)} `;
    const words = [row.phenotype, row.explanation, isOtherwise(row.compared) && `A second source (${row.compared.split(":")[0]}) has it otherwise: ${row.compared.split(":").slice(1).join(":").trim()}`].filter(Boolean);
    if (words.length === 0) return make("span", {}, title);
    return make("details", {}, make("summary", {title: row.phenotype}, title), words.map((text) => make("p", {}, text)));
  };
  const level = (row, marker) => {
    const value = medians.get(row).get(marker);
    if (missing(value)) return make("td", {class: "level none", title: `${marker}: not measured`});
    const [low, high] = ranges.get(marker);
    const text = `${marker}: median ${digits(value, 3)} in cluster ${row.metacluster}${isUsed(marker) ? "" : "; not used for this map"}`;
    return make("td", {class: "level", style: `background:${heatColour(high > low ? (value - low) / (high - low) : 0.5, isUsed(marker))}`, title: text},
                make("span", {class: "unseen"}, digits(value, 3)));
  };
  const body = make("tbody");
  const fill = (value, falling) => {
    const ordered = [...rows].sort((left, right) => falling ? order(value(right), value(left)) : order(value(left), value(right)));
    body.replaceChildren(...ordered.map((row, index) => make("tr", {},
        make("th", {scope: "row", class: "name"}, name(row, index > 0 && titleOf(ordered[index - 1]) === titleOf(row))),
        make("td", {class: "number"}, row.metacluster), make("td", {class: "number"}, count(row.events)),
        make("td", {class: "number"}, missing(row.confidence) ? kNotAvailable : row.confidence.toFixed(2)),
        make("td", {class: "number", title: "how reliably it reappears when events are resampled, 0 to 1"},
             missing(row.stability) ? kNotAvailable : row.stability.toFixed(2)),
        markers.map((marker) => level(row, marker)))));
  };
  const place = (row) => rankOf.has(row.subset) ? rankOf.get(row.subset) : 1e6;
  const heads = [["Name", "name", place, false], ["No.", "number", (row) => row.metacluster, false],
                 ["Events", "number", (row) => row.events, true], ["Confidence", "number", (row) => row.confidence, true],
                 ["Stability", "number", (row) => row.stability, true],
                 ...markers.map((marker) => [marker, isUsed(marker) ? "marker" : "marker unused", (row) => medians.get(row).get(marker), true])];
  const head = make("tr", {}, heads.map(([title, kind, value, falling]) => {
    const button = make("button", {type: "button", title: `Sort by ${title}`}, title);
    button.addEventListener("click", () => fill(value, falling));
    return make("th", {scope: "col", class: kind}, button);
  }));
  const byName = rows.some((row) => row.subset && rankOf.has(row.subset));
  fill(byName ? (row) => 1e13 * place(row) - row.events : (row) => row.events, !byName);
  const table = make("table", {class: "heat", style: `max-width:${560 + 56 * markers.length}px`}, make("thead", {}, head), body);
  table.allRows = () => [["name", "metacluster", "events", "confidence", "stability", "phenotype", ...markers],
      ...rows.map((row) => [titleOf(row), row.metacluster, row.events, row.confidence, row.stability, row.phenotype, ...markers.map((marker) => medians.get(row).get(marker))])];
  return make("div", {class: "scroll", tabindex: "0"}, table);
}

function heatMaps() {
  const capital = (text) => text[0].toUpperCase() + text.slice(1);
  const titleOf = (row) => [row.panel && row.panel !== "panel" && capital(panelWords(row.panel)), row.map ? `${subsetName(row.map)}, clustered again` : "all events"]
      .filter(Boolean).join(": ");
  const steps = [0, 0.25, 0.5, 0.75, 1].map((share) => heatColour(share)).join(",");
  const scale = make("p", {class: "scale note"}, "lowest of the panel", make("i", {style: `background:linear-gradient(90deg,${steps})`}),
                     "highest; grey: a marker that this map does not use");
  return make("div", {}, scale, unique(clusters.map(titleOf)).map((title) => {
    const rows = clusters.filter((row) => titleOf(row) === title);
    return [make("h3", {class: "map"}, title, make("small", {class: "weak"}, ` \u00B7 ${rows.length} metaclusters`)), heatMap(rows)];
  }));
}
