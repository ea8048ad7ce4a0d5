// Charts over visits and patients: SVG, so that they print, grow and leave the page as they are.

const kSeriesColours = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)", "var(--c6)", "var(--c7)", "var(--c8)"];
const kToldFill = new Map([["fell", "var(--c1)"], ["rose", "var(--c2)"], ["hardly changed", "var(--same)"], ["unsure", "var(--open)"],
                           ["too few events", "var(--unsure)"]]);

function draw(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) if (!missing(value)) element.setAttribute(name, value);
  element.append(...children.flat(Infinity).filter((child) => !missing(child)));
  return element;
}

/// Text of a picture: a word at a place.
function word(x, y, text, attributes = {}) {
  return draw("text", {x: x.toFixed(1), y: y.toFixed(1), class: "word", ...attributes}, text);
}

function stroke(x1, y1, x2, y2, name, colour) {
  const at = {x1: x1.toFixed(1), y1: y1.toFixed(1), x2: x2.toFixed(1), y2: y2.toFixed(1)};
  return draw("line", {...at, class: name, style: colour ? `stroke:${colour}` : null});
}

/// Four to eight round numbers between two ends.
function roundTicks(low, high) {
  if (!(high > low)) return [];
  const power = 10 ** Math.floor(Math.log10((high - low) / 4));
  const step = power * ([5, 2, 1].find((factor) => (high - low) / (factor * power) >= 4) || 1);
  const ticks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high * (1 + 1e-9); ++index) ticks.push(index * step);
  return ticks;
}

/// How many decimals tell the ticks apart.
function tickText(value, ticks) {
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : 1;
  return value.toFixed(Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)))).replace("-", kMinus);
}

function quantile(sorted, share) {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/// Range of healthy values: all of them when they are few, the middle 90 % otherwise.
function healthyRange(values) {
  if (values.length < 2) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const tail = sorted.length < 20 ? 0 : 0.05;
  return {low: quantile(sorted, tail), high: quantile(sorted, 1 - tail), middle: quantile(sorted, 0.5)};
}

/// A caption above a picture.
function chartFigure(title, small, isPrimary, picture) {
  return make("figure", {class: isPrimary ? "primary" : ""},
              make("figcaption", {}, make("h3", {}, title), make("small", {}, small)), picture);
}

/// An empty chart with a vertical axis: {svg, plot, at(value)}. Without a label nothing is said aloud.
function chartFrame(label, low, high, unit, height = 250) {
  const plot = {left: 48, right: 372, top: 12, bottom: height - 34};
  const ticks = roundTicks(low, high);
  const at = (value) => plot.bottom - (Math.max(low, Math.min(high, value)) - low) / (high - low || 1) * (plot.bottom - plot.top);
  const svg = draw("svg", {viewBox: `0 0 380 ${height}`, role: "img", "aria-label": label});
  for (const tick of ticks) {
    svg.append(stroke(plot.left, at(tick), plot.right, at(tick), tick === 0 ? "zero" : "rule"),
               word(plot.left - 5, at(tick) + 3.5, tickText(tick, ticks), {"text-anchor": "end"}));
  }
  svg.append(draw("text", {class: "word", "text-anchor": "middle", transform: `translate(11 ${(plot.top + plot.bottom) / 2}) rotate(-90)`}, unit));
  return {svg, plot, at};
}

const kShapePaths = {circle: "M5 0a5 5 0 1 0 .01 0z", triangle: "M5 0L10 9H0z", rect: "M1 1h8v8H1z", rectRot: "M5 0L10 5L5 10L0 5z",
                     star: "M5 0v10M0 5h10M1 1l8 8M9 1l-8 8", crossRot: "M1 1l8 8M9 1l-8 8", rectRounded: "M3 0h4q3 0 3 3v4q0 3-3 3H3q-3 0-3-3V3q0-3 3-3z"};

/// How a patient is drawn everywhere: the colour and the shape are theirs.
function seriesStyle(patient) {
  const index = Math.max(0, sick.indexOf(patient));
  return {colour: kSeriesColours[index % kSeriesColours.length], shape: kShapes[index % kShapes.length]};
}

function shapeAt(x, y, {colour, shape}, ...title) {
  return draw("path", {d: kShapePaths[shape], transform: `translate(${(x - 4.5).toFixed(1)} ${(y - 4.5).toFixed(1)}) scale(.9)`, class: "mark",
                       style: `fill:${colour};stroke:${colour}`}, draw("title", {}, ...title));
}

function shapeMark(style) {
  return draw("svg", {viewBox: "-1 -1 12 12", style: "width:12px;flex:none", "aria-hidden": "true"}, shapeAt(4.5, 4.5, style));
}

/// Lines over visits. points: [{patient, visit, value, low, high, events}], healthy: values of so many controls; of one alone
/// there is no range.
function courseChart(label, points, healthy, unit, isPercent, people = 0) {
  const show = isPercent ? percent : (value) => digits(value, 3);
  const scale = isPercent ? 100 : 1;
  const visits = unique([...results.visits, ...points.map((point) => point.visit)])
      .filter((visit) => points.some((point) => point.visit === visit));
  const slots = [...(healthy.length ? ["healthy"] : []), ...visits];
  const highest = Math.max(0, ...points.map((point) => point.value), ...healthy);
  const end = Math.max(0, ...points.map((point) => missing(point.high) ? point.value : point.high));
  const {svg, plot, at} = chartFrame(label, 0, scale * (1.04 * Math.max(highest, Math.min(end, 1.6 * highest)) || 1), unit);
  const width = (plot.right - plot.left) / slots.length;
  const middle = (slot) => plot.left + width * (slots.indexOf(slot) + 0.5);
  for (const slot of slots) {
    const text = slot.length > width / 5.5 ? `${slot.slice(0, Math.floor(width / 5.5))}\u2026` : slot;
    svg.append(word(middle(slot), plot.bottom + 16, text, {"text-anchor": "middle"}));
  }
  const range = people > 1 ? healthyRange(healthy) : null;
  if (range) {
    const top = at(scale * range.high);
    svg.append(draw("rect", {x: plot.left, y: top, width: plot.right - plot.left, height: Math.max(1, at(scale * range.low) - top), class: "healthy"}),
               stroke(plot.left, at(scale * range.middle), plot.right, at(scale * range.middle), "middle"));
  }
  healthy.forEach((value, index) => {
    const aside = healthy.length > 1 ? index / (healthy.length - 1) - 0.5 : 0;
    svg.append(draw("circle", {cx: middle("healthy") + 0.5 * width * aside, cy: at(scale * value), r: 3, class: "control"},
                    draw("title", {}, `healthy: ${show(value)}`)));
  });
  const patients = sick.filter((patient) => points.some((point) => point.patient === patient));
  patients.forEach((patient, index) => {
    const style = seriesStyle(patient);
    const aside = (index - (patients.length - 1) / 2) * Math.min(4, 0.5 * width / patients.length);
    const own = visits.map((visit) => points.find((point) => point.patient === patient && point.visit === visit)).filter(Boolean)
        .map((point) => ({...point, x: middle(point.visit) + aside, y: at(scale * point.value)}));
    svg.append(draw("g", {class: "series", "data-patient": patient},
        draw("polyline", {points: own.map(({x, y}) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "), style: `stroke:${style.colour}`}),
        own.filter(({low}) => !missing(low)).map(({x, low, high}) => stroke(x, at(scale * low), x, at(scale * high), "interval", style.colour)),
        own.map((point) => shapeAt(point.x, point.y, style, [`${patient}, ${point.visit}: ${show(point.value)}`,
            missing(point.low) ? "" : `, 95 % interval ${interval(point.low, point.high, show)}`,
            missing(point.events) ? "" : `, ${count(point.events)} events`].join("")))));
  });
  return svg;
}

/// Of the panels that hold a subset, the one whose fractions the patients' table compares; else the one with most events.
function comparedPanel(rows, subset) {
  const panels = unique(rows.map((row) => row.panel));
  if (panels.length < 2) return panels[0];
  const compared = patientRows.filter((row) => row.subset === subset && !missing(row.after));
  const distance = (panel) => compared.reduce((sum, row) => {
    const own = rows.find((other) => other.panel === panel && other.patient === row.patient && other.visit === row.visit);
    return sum + (own ? Math.abs(own.fraction_of_parent - row.after) : 1);
  }, 0);
  const events = (panel) => rows.reduce((sum, row) => sum + (row.panel === panel ? row.events : 0), 0);
  return panels.map((panel) => ({panel, distance: distance(panel), events: events(panel)}))
      .sort((left, right) => left.distance - right.distance || right.events - left.events)[0].panel;
}

/// One value a patient and visit, replicates added up.
function coursePoints(subset) {
  const all = abundance.filter((row) => row.subset === subset && !missing(row.fraction_of_parent));
  const panel = comparedPanel(all, subset);
  const points = new Map();
  for (const row of all.filter((other) => other.panel === panel)) {
    const key = JSON.stringify([row.patient, row.visit]);
    const first = points.get(key);
    if (!first) {
      points.set(key, {patient: row.patient, visit: row.visit, value: row.fraction_of_parent, low: row.low, high: row.high,
                       events: row.events, of: row.parent_events});
    } else {
      first.events += row.events;
      first.of += row.parent_events;
      first.value = first.events / first.of;
      first.low = first.high = null;
    }
  }
  return [...points.values()];
}

function courseFigure(subset) {
  const points = coursePoints(subset);
  const own = points.filter((point) => !isHealthy(point.patient));
  const controls = points.filter((point) => isHealthy(point.patient));
  const healthy = controls.map((point) => point.value), people = unique(controls.map((point) => point.patient)).length;
  if (own.length === 0 && healthy.length === 0) return null;
  const parent = parentOf.get(subset);
  const of = parent ? `% of ${subsetName(parent)}` : "% of parent";
  return chartFigure(subsetName(subset), of, results.primary.includes(subset),
                     courseChart(`${subsetName(subset)} over visits, ${of}`, own, healthy, "%", true, people));
}

function activityFigure() {
  const points = results.activity.flatMap(([patient, visits]) => visits.filter(([, score]) => !missing(score))
      .map(([visit, score]) => ({patient, visit, value: score}))).filter(({patient, visit}) => isShown({patient, visit}));
  const own = points.filter((point) => !isHealthy(point.patient));
  if (own.length === 0) return null;
  const name = results.activity_name || "Activity";
  return chartFigure(name, "activity score", false, courseChart(`${name} over visits`, own, [], "score", false));
}

/// An interval; an end that the frame cuts off has the head of an arrow.
function whisker(x, at, plot, low, high, lowest, highest) {
  const head = (y, step) => draw("path", {d: `M${(x - 3.5).toFixed(1)} ${(y + step).toFixed(1)}L${x.toFixed(1)} ${y.toFixed(1)}L${(x + 3.5).toFixed(1)} ${(y + step).toFixed(1)}`,
                                          class: "interval ink cut", fill: "none"});
  return draw("g", {}, stroke(x, at(low), x, at(high), "interval ink"), high > highest ? head(plot.top, 5) : null, low < lowest ? head(plot.bottom, -5) : null);
}

/// Bars of relative change, sorted, one subset at one visit.
function waterfallFigure(subset, visit) {
  const rows = patientRows.filter((row) => row.subset === subset && row.visit === visit && !missing(row.change))
      .sort((left, right) => left.change - right.change);
  if (rows.length === 0) return null;
  const farthest = Math.max(...rows.map((row) => Math.abs(row.change)), 0.1);
  const limit = (bound) => Math.max(-1, Math.min(bound, 1.6 * farthest));
  const low = Math.min(0, ...rows.map((row) => limit(missing(row.low) ? row.change : row.low)));
  const high = Math.max(0, ...rows.map((row) => limit(missing(row.high) ? row.change : row.high)));
  const {svg, plot, at} = chartFrame(`${subsetName(subset)}: change of each patient to ${visit}`, 102 * low, 102 * high, "%");
  const width = (plot.right - plot.left) / rows.length;
  const isTight = width < 34;
  rows.forEach((row, index) => {
    const x = plot.left + width * (index + 0.5);
    const top = Math.min(at(0), at(100 * row.change));
    const name = doubtsOf(row.patient, [results.answer.baseline, visit]) ? `${row.patient} ${kMark}` : row.patient;
    const bar = {x: (x - Math.min(23, 0.4 * width)).toFixed(1), y: top.toFixed(1), width: (2 * Math.min(23, 0.4 * width)).toFixed(1),
                 height: Math.max(1, Math.abs(at(100 * row.change) - at(0))).toFixed(1)};
    svg.append(draw("rect", {...bar, class: `change ${row.told.replaceAll(" ", "-")}`, style: `fill:${kToldFill.get(row.told) || "var(--unsure)"}`},
        draw("title", {}, `${row.patient}: ${relative(row.change)} (${row.told}), 95 % interval ${interval(row.low, row.high, bound)}, ` +
                          `${percent(row.before)} \u2192 ${percent(row.after)}`)));
    if (!missing(row.low) && !missing(row.high)) svg.append(whisker(x, at, plot, 100 * row.low, 100 * row.high, 102 * low, 102 * high));
    svg.append(isTight ? word(0, 0, name, {transform: `translate(${(x + 3).toFixed(1)} ${plot.bottom + 8}) rotate(45)`, "font-size": 9})
                       : word(x, plot.bottom + 14, name, {"text-anchor": "middle"}),
               word(x, plot.bottom + (isTight ? 3 : 28), isTight ? "" : signOf(row.told), {"text-anchor": "middle"}));
  });
  return chartFigure(subsetName(subset), `change to ${visit}, % of the value before`, results.primary.includes(subset), svg);
}
