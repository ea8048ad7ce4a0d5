// One row a sample: what was dropped and why, how steady the signal was, how each marker lies against the pool.

const kDropColours = new Map([["non-finite", "#333333"], ["margin", "#8c6d1f"], ["time", "#6a4c9c"], ["bead", "#56b4e9"],
                              ["doublet", "#e69f00"], ["debris", "#009e73"], ["dead", "#cc79a7"]]);

const dropColour = (reason, index) => kDropColours.get(reason) || kColours[index % kColours.length];

/// A bar of the events read: kept in grey, then each reason in its colour.
function dropBar(row) {
  const width = 150, height = 12;
  const words = [`${count(row.kept)} of ${count(row.events)} kept`, ...row.dropped.filter(([, events]) => events)
      .map(([reason, events]) => `${reason} ${count(events)} (${percent(events / row.events)})`)].join("; ");
  let from = width * (row.events ? row.kept / row.events : 0);
  const parts = [draw("rect", {x: 0, y: 0, width: from.toFixed(1), height, fill: "#c5ced6"})];
  row.dropped.forEach(([reason, events], index) => {
    const size = row.events ? width * events / row.events : 0;
    if (size > 0) parts.push(draw("rect", {x: from.toFixed(1), y: 0, width: Math.max(0.6, size).toFixed(1), height, fill: dropColour(reason, index)}));
    from += size;
  });
  return draw("svg", {viewBox: `0 0 ${width} ${height}`, class: "dropbar", role: "img", "aria-label": words}, draw("title", {}, words), ...parts);
}

/// Signal over the acquisition: a line that should be flat, between two spreads below and above.
function signalLine(row) {
  if (row.signal.length === 0) return kNotAvailable;
  const width = 150, height = 40, span = Math.max(100, ...row.signal.map(Math.abs));
  const place = (value) => (height / 2 - value / span * (height / 2 - 2)).toFixed(1);
  const line = row.signal.map((value, index) => `${index ? "L" : "M"}${(index * width / (row.signal.length - 1)).toFixed(1)} ${place(value)}`).join("");
  const worst = row.signal.reduce((far, value) => Math.abs(value) > Math.abs(far) ? value : far, 0) / 100;
  const words = `signal from the first to the last event: at most ${digits(worst, 2)} spreads from the file's middle`;
  const steady = Math.abs(worst) < 0.5;
  return draw("svg", {viewBox: `0 0 ${width} ${height}`, class: "signal", role: "img", "aria-label": words}, draw("title", {}, words),
      draw("line", {x1: 0, x2: width, y1: height / 2, y2: height / 2, stroke: "#c5ced6"}),
      draw("path", {d: line, fill: "none", stroke: steady ? "#56646f" : "#b3420a", "stroke-width": steady ? 1.2 : 2}));
}

/// A cell a marker: blue below the pool, red above, paler the closer; a frame where it is much wider or narrower.
function spreadStrip(row) {
  if (row.spreads.length === 0) return kNotAvailable;
  const size = 13;
  const cells = row.spreads.map(([marker, shift, width], index) => {
    const strength = Math.min(1, Math.abs(shift) / 150);
    const odd = width > 200 || width < 50;
    const words = `${marker}: median ${signed(shift / 100, 2)} spreads from the panel's, ${digits(width / 100, 2)} times as wide`;
    return draw("rect", {x: index * size + 0.75, y: 0.75, width: size - 2.5, height: size, "fill-opacity": strength.toFixed(2), fill: shift < 0 ? "#0072b2" : "#d55e00",
                         stroke: odd ? "#1c2733" : "#c5ced6", "stroke-width": odd ? 1.5 : 0.8}, draw("title", {}, words));
  });
  const worst = [...row.spreads].sort((left, right) => Math.abs(right[1]) - Math.abs(left[1]))[0];
  return draw("svg", {viewBox: `0 0 ${row.spreads.length * size} ${size + 1.5}`, style: `width:${row.spreads.length * size}px`, class: "spreads", role: "img",
                      "aria-label": `markers against the pool; farthest ${worst[0]}, ${signed(worst[1] / 100, 2)} spreads`}, ...cells);
}

function qualityKey(reasons) {
  const swatch = (colour, text) => make("span", {}, make("i", {style: `background:${colour}`}), text);
  return make("div", {class: "key"}, swatch("#c5ced6", "kept"), reasons.map((reason, index) => swatch(dropColour(reason, index), reason)),
              swatch("#0072b2", "marker below the pool"), swatch("#d55e00", "marker above the pool"),
              make("span", {}, make("i", {style: "background:none;border:1.5px solid var(--ink)"}), "less than half or more than twice as wide as the pool"));
}

/// Whether a marker moves with a visit or group as a whole.
function movesAlike(panel, marker) {
  return results.attention.moved_markers.some(([where, name]) => where === panel && name === marker);
}

function qualityTable() {
  const person = new Map(abundance.map((row) => [row.sample, row]));
  const reasons = unique(samplesQc.flatMap((row) => row.dropped.map(([reason]) => reason)));
  const hasPanels = unique(kWhole.samplesQc.map((row) => row.panel)).length > 1;
  const shares = (row) => row.events ? row.kept / row.events : null;
  const farthest = (row) => row.signal.reduce((far, value) => Math.max(far, Math.abs(value)), 0);
  const look = (row) => kLooks.get(row.sample);
  const isDoubted = (row) => look(row).look === "needs a look";
  const table = sortableTable([
    {title: "Sample", value: (row) => row.sample, wide: false, show: (row) => make("span", {class: isDoubted(row) ? "strong" : ""},
        isDoubted(row) ? `${kMark} ` : "", row.sample, make("br"),
        make("small", {}, [person.get(row.sample)?.patient, person.get(row.sample)?.visit, hasPanels && panelWords(row.panel)].filter(Boolean).join(" \u00B7 ")))},
    {title: "Events", value: (row) => row.events, show: (row) => count(row.events), numeric: true},
    {title: "Kept, and dropped by reason", value: shares, show: (row) => make("div", {}, dropBar(row), make("small", {}, `${percent(shares(row))} kept`))},
    {title: "Signal over time", value: farthest, show: signalLine, tip: "Mean of the markers' medians over the acquisition; a flat line is right"},
    {title: "Markers against the pool", value: (row) => row.batch_shift, show: (row) => make("div", {}, spreadStrip(row),
        make("small", {}, missing(row.batch_shift) ? "" : `farthest: ${row.shifted_marker || "a marker"}, ${digits(row.batch_shift, 2)} spreads${movesAlike(row.panel, row.shifted_marker) ? ", as its visit or group" : ""}`))},
    {title: "To look at", value: (row) => look(row).place, wide: true, numeric: false,
     show: (row) => look(row).text ? make("span", {}, make("b", {}, look(row).look), `: ${look(row).text}`) : make("small", {}, look(row).look)},
    {title: "Lines", value: (row) => row.thresholds, tip: "Lines drawn by the cleaning",
     show: (row) => row.thresholds ? make("details", {class: "inline"}, make("summary", {}, "show"), make("small", {}, row.thresholds)) : ""},
  ], [...samplesQc].sort((left, right) => look(left).place - look(right).place), "quality");
  return make("div", {}, qualityKey(reasons.filter((reason) => samplesQc.some((row) => row.dropped.some(([name, events]) => name === reason && events)))), table.element);
}
