// The evidence for each name: two markers at a time, the density of all events, the borders, and the fraction in each part.

const kMostSides = 24;  // pictures at once; more behind a button

function median(values) {
  return values.length ? quantile([...values].sort((a, b) => a - b), 0.5) : null;
}

function gateName(gate) {
  const panel = results.sampled_events.length > 1 ? `${gate.panel}: ` : "";
  return `${panel}${subsetName(gate.parent)}: ${gate.x[0]} \u00D7 ${gate.y[0]}${gate.samples.some((row) => row[5].length) ? " (corner)" : ""}`;
}

/// Whether one of the parts is the subset; names are joined by commas and may hold some.
function isPartOf(gate, subset) {
  return gate.parts.some((part) => `, ${part}, `.includes(`, ${subsetName(subset)}, `));
}

/// Whether a picture shows the subset in one of its parts, or divides it.
function showsSubset(gate, subset) {
  return gate.parent === subset || isPartOf(gate, subset);
}

/// Events of a panel that are in a parent (all if it is none) and in some samples.
function pointsWithin(cloud, parent, numbers) {
  const wanted = new Set(numbers);
  const isRoot = !parent || !parentOf.get(parent);
  const points = [];
  for (let i = 0; i < cloud.size; ++i) {
    if (wanted.has(cloud.sample[i]) && (isRoot || isWithin(cloud.subset[i], parent))) points.push(i);
  }
  return points;
}

/// Dots of the events that carry a label: they show where the cells are, and none where no cells are.
function dotsOf(cloud, points, subset, gate, toX, toY) {
  const xs = cloud.marker(gate.x[0]), ys = cloud.marker(gate.y[0]);
  const value = ({axis, values}, i) => axis[1] + values[i] * (axis[2] - axis[1]);
  const dots = points.filter((i) => isWithin(cloud.subset[i], subset)).slice(0, 1500)
      .map((i) => `M${toX(value(xs, i)).toFixed(1)} ${toY(value(ys, i)).toFixed(1)}h0`);
  return dots.length ? draw("path", {d: dots.join(""), class: "cells"}) : null;
}

/// A border of several samples: a line at its median, and the range over the samples behind it.
function borderLines(rows, place, along) {
  const number = Math.max(0, ...rows.map((row) => row[place].length));
  const lines = [];
  for (let index = 0; index < number; ++index) {
    const values = rows.map((row) => row[place][index]).filter((value) => !missing(value));
    lines.push(along(median(values), Math.min(...values), Math.max(...values)));
  }
  return lines.flat();
}

/// The name and the fraction of each part in its own corner of the picture.
function partLabels(gate, rows, frame) {
  const columns = gate.x_parts, lines = gate.parts.length / columns;
  const isCorner = rows.some((row) => row[5].length);
  const room = (frame.right - frame.left) / (isCorner ? 1 : columns) - 8;
  return gate.parts.map((name, part) => {
    const fractions = rows.filter((row) => row[1] > 0).map((row) => row[6][part]);
    if (fractions.length === 0) return null;
    const [column, line] = isCorner ? [part, part] : [part % columns, Math.floor(part / columns)];
    const of = isCorner ? [2, 2] : [columns, lines];
    const x = column === 0 ? frame.left + 4 : column === of[0] - 1 ? frame.right - 4 : frame.left + (column + 0.5) / of[0] * (frame.right - frame.left);
    const anchor = column === 0 ? "start" : column === of[0] - 1 ? "end" : "middle";
    const titles = wrapped(name, room, 11);
    const above = 12 * Math.max(1, titles.length);  // of the number
    const y = line === 0 ? frame.bottom - 6 : line === of[1] - 1 ? frame.top + 13 + above : frame.bottom - line / (of[1] - 1) * (frame.bottom - frame.top) + above / 2;
    const bare = (fraction) => percent(fraction).replace(" %", "");
    const whole = `${percent(median(fractions))}${fractions.length > 1 ? ` (${bare(Math.min(...fractions))} to ${bare(Math.max(...fractions))})` : ""}`;
    const number = textWidth(whole, 11, 400) <= room ? whole : percent(median(fractions));
    const width = Math.max(...titles.map((title) => textWidth(title, 11)), textWidth(number, 11, 400)) + 6;
    const left = anchor === "start" ? x - 3 : anchor === "end" ? x - width + 3 : x - width / 2;
    const height = 15 + 12 * titles.length;
    return [draw("rect", {x: left.toFixed(1), y: (y + 4 - height).toFixed(1), width: width.toFixed(1), height, rx: 3, class: "behind"}),
            titles.map((title, index) => word(x, y - 1 - 12 * (titles.length - index), title, {"text-anchor": anchor, class: "parttext", "font-weight": 600})),
            word(x, y, number, {"text-anchor": anchor, class: "parttext"})];
  }).filter(Boolean).flat(2);
}

function spokenParts(gate, rows) {
  const said = gate.parts.map((name, part) => {
    const fractions = rows.filter((row) => row[1] > 0).map((row) => row[6][part]);
    return fractions.length && name ? `${name} ${percent(median(fractions))}` : "";
  }).filter(Boolean);
  return said.length ? `; ${said.join(", ")}` : "";
}

/// What the chosen subset makes up of its parent in these samples, by all markers: a part of a picture is told by two.
function ownFraction(subset, numbers) {
  const samples = new Set(numbers.map((number) => sampleFacts[number]?.sample));
  const rows = kWhole.abundance.filter((row) => row.subset === subset && samples.has(row.sample) && !missing(row.fraction_of_parent));
  if (!subset || rows.length === 0) return null;
  return [make("br"), `${subsetName(subset)}: ${percent(median(rows.map((row) => row.fraction_of_parent)))} of ${subsetName(rows[0].parent)}${rows.length > 1 ? " (median)" : ""}`];
}

/// One picture of a division in some samples.
function borderFigure(gate, title, numbers, subset) {
  const rows = gate.samples.filter((row) => numbers.includes(row[0]));
  const counts = new Float32Array(gate.bins * gate.bins);
  for (const row of rows) unpackCounts(row[2], counts.length).forEach((count, bin) => { counts[bin] += count; });
  const events = rows.reduce((sum, row) => sum + row[1], 0);
  const {svg, frame, x, y} = plane(`${title}: ${gate.x[0]} against ${gate.y[0]} within ${subsetName(gate.parent)}${spokenParts(gate, rows)}`, gate.x, gate.y);
  if (events > 0) {
    svg.append(draw("image", {href: densityImage(counts, gate.bins), x: frame.left, y: frame.top, width: frame.right - frame.left,
                              height: frame.bottom - frame.top, preserveAspectRatio: "none"}));
  } else {
    svg.append(halo((frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2, "no events here", {"text-anchor": "middle"}));
  }
  const cloud = subset && cloudOf(gate.panel);
  if (cloud) svg.append(...[dotsOf(cloud, pointsWithin(cloud, gate.parent, numbers), subset, gate, x, y)].filter(Boolean));
  const band = (attributes) => draw("rect", {...attributes, class: "spread"});
  if (events > 0) {
    svg.append(...borderLines(rows, 3, (at, low, high) => [band({x: x(low), y: frame.top, width: Math.max(0, x(high) - x(low)), height: frame.bottom - frame.top}),
                                                         stroke(x(at), frame.top, x(at), frame.bottom, "border")]),
               ...borderLines(rows, 4, (at, low, high) => [band({x: frame.left, y: y(high), width: frame.right - frame.left, height: Math.max(0, y(low) - y(high))}),
                                                         stroke(frame.left, y(at), frame.right, y(at), "border")]));
    const corners = rows.map((row) => row[5]).filter((line) => line.length);
    if (corners.length) {
      const middle = corners[0].map((_, point) => [0, 1].map((axis) => median(corners.map((line) => line[point][axis]))));
      const inside = ([px, py]) => `${Math.max(frame.left, Math.min(frame.right, x(px))).toFixed(1)},${Math.max(frame.top, Math.min(frame.bottom, y(py))).toFixed(1)}`;
      svg.append(draw("polyline", {points: middle.map(inside).join(" "), class: "border"}));
    }
    svg.append(...partLabels(gate, rows, frame));
  }
  return chartFigure(title, [`${count(events)} events${rows.length > 1 ? `, ${rows.length} samples` : ""}`, ownFraction(subset, numbers), doubtsAmong(rows.map(([number]) => number))], false, svg);
}

/// The density of sampled events, each counting for those it stands for.
function densityOf(cloud, points, xName, yName, frame) {
  const bins = 40;
  const counts = new Float32Array(bins * bins);
  const bin = (share) => Math.min(bins - 1, Math.floor(share * bins));
  for (const i of points) counts[bin(cloud.marker(yName).values[i]) * bins + bin(cloud.marker(xName).values[i])] += cloud.weight[i];
  return draw("image", {href: densityImage(counts, bins), x: frame.left, y: frame.top, width: frame.right - frame.left,
                        height: frame.bottom - frame.top, preserveAspectRatio: "none"});
}

/// Any two markers: the density is that of the sampled events.
function freeFigure(panel, xName, yName, parent, title, numbers, subset) {
  const cloud = cloudOf(panel);
  const gate = {x: cloud.marker(xName).axis, y: cloud.marker(yName).axis};
  const {svg, frame, x, y} = plane(`${title}: ${xName} against ${yName}`, gate.x, gate.y);
  const points = pointsWithin(cloud, parent, numbers);
  svg.append(densityOf(cloud, points, xName, yName, frame));
  if (subset) svg.append(...[dotsOf(cloud, points, subset, gate, x, y)].filter(Boolean));
  return chartFigure(title, [`${count(points.length)} events sampled`, doubtsAmong(numbers)], false, svg);
}

/// A grid of pictures, the first few at once.
function sideBySide(place, sides, figureOf) {
  const grid = make("div", {class: "grid small"});
  const add = (some) => { grid.append(...some.map(([title, numbers]) => figureOf(title, numbers))); addExports(grid); };
  place.append(grid);
  add(sides.slice(0, kMostSides));
  if (sides.length <= kMostSides) return;
  const more = make("button", {type: "button", class: "more"}, `Show all ${sides.length} pictures`);
  more.addEventListener("click", () => { more.remove(); add(sides.slice(kMostSides)); });
  place.append(more);
}

/// The picture that is opened first: one that shows what the filter or the study asks for.
function firstGate() {
  const subset = state.get("subset") || results.primary.find((one) => results.back_gates.some((gate) => showsSubset(gate, one)));
  return results.back_gates.find((gate) => isPartOf(gate, subset)) || results.back_gates.find((gate) => gate.parent === subset) || results.back_gates[0];
}

/// Of the pictures that show a subset the one with most of the markers that it has, then with most of its gate by hand; -1: none
/// shows it.
function clearestGate(subset, has) {
  const steps = records(kWholeResults.gates).find((row) => row.subset === subset)?.steps || [];
  const ofGate = new Set(steps.flat().map(([marker]) => marker));
  let best = -1, most = -1;
  results.back_gates.forEach((picture, index) => {
    const shared = [picture.x[0], picture.y[0]].reduce((sum, marker) => sum + (has.includes(marker) ? 3 : 0) + (ofGate.has(marker) ? 1 : 0), 0);
    const isShown = isPartOf(picture, subset) || (picture.parent === parentOf.get(subset) && (has.includes(picture.x[0]) || has.includes(picture.y[0])));
    if (isShown && shared > most) [best, most] = [index, shared];
  });
  return best;
}

/// A link from a statement to the cells it speaks of, of a sum to its first part; none where no picture shows them.
function seeCells(subset, has = []) {
  const gate = [subset, ...(partsOf.get(subset) || [])].map((one) => clearestGate(one, has)).find((index) => index >= 0) ?? -1;
  if (gate < 0) return null;
  const link = make("a", {href: `#pictures?gate=${gate}&mark=${encodeURIComponent(subset)}`, class: "see"}, "See the cells");
  return make("p", {class: "see"}, link);
}

function evidence() {
  const place = make("div");
  const controls = make("div", {class: "controls"});
  const hasGroups = unique(sampleFacts.map(({group, visit}) => `${group} ${visit}`)).length > 1;
  const show = () => {
    place.replaceChildren();
    controls.replaceChildren();
    const index = Number(state.get("gate") ?? -1);
    const isFree = state.get("gate") === "any" || results.back_gates.length === 0;
    const gate = isFree ? null : results.back_gates[index] || firstGate();
    const panel = isFree ? state.get("panel") || results.sampled_events[0].panel : gate.panel;
    const side = state.get("side") || (hasGroups ? "group" : "all");
    const set = (name) => (value) => { remember(name, value); show(); };
    const divisions = results.back_gates.map((one, number) => [String(number), gateName(one)]);
    controls.append(picker("Division", [...divisions, ...(results.sampled_events.length ? [["any", "any two markers"]] : [])],
                           isFree ? "any" : String(results.back_gates.indexOf(gate)), set("gate")));
    const names = subsetOrder.map(({subset, depth}) => [subset, "\u2003".repeat(depth) + subsetName(subset)]);
    const marked = state.get("mark") ?? state.get("subset") ?? "";
    let free = null;
    if (isFree) {
      const cloud = cloudOf(panel);
      const markers = cloud.packed.markers.map(([name]) => name);
      const pick = (name, other) => markers.includes(state.get(name)) ? state.get(name) : markers[other];
      free = {x: pick("x", 0), y: pick("y", Math.min(1, markers.length - 1)), parent: state.get("parent") || ""};
      const of = markers.map((name) => [name, name]);
      if (results.sampled_events.length > 1) controls.append(picker("Panel", results.sampled_events.map((one) => [one.panel, one.panel]), panel, set("panel")));
      controls.append(picker("Across", of, free.x, set("x")), picker("Up", of, free.y, set("y")),
                      picker("Within", [["", "all events"], ...names], free.parent, set("parent")));
    }
    controls.append(picker("Side by side", kSides, side, set("side")), picker("Dots of", [["", "no subset"], ...names], marked, set("mark")));
    const numbers = isFree ? unique([...cloudOf(panel).sample]) : gate.samples.map(([number]) => number);
    const sides = sidesOf(samplesShown(numbers), side);
    if (sides.length === 0) place.append(make("p", {class: "empty"}, "No sample of this panel passes the filter."));
    sideBySide(place, sides, (title, own) => isFree ? freeFigure(panel, free.x, free.y, free.parent, title, own, marked)
                                                   : borderFigure(gate, title, own, marked));
    addExports(place);
  };
  show();
  return make("div", {}, controls, place, allDivisions());
}

/// Every division once, all samples together.
function allDivisions() {
  if (results.back_gates.length < 2) return null;
  const grid = make("div", {class: "grid small"});
  const details = make("details", {}, make("summary", {}, `All ${results.back_gates.length} divisions, all samples together`), make("br"), grid);
  details.addEventListener("toggle", () => {
    if (!details.open || grid.hasChildNodes()) return;
    grid.append(...results.back_gates.map((gate) =>
        borderFigure(gate, gateName(gate), samplesShown(gate.samples.map(([number]) => number)), "")));
    addExports(grid);
  });
  return details;
}
