// How a colleague gates the named cells by hand: a sentence for each population, and each rectangle on its cells.

/// The place x in low..high where `isBelow` stops to hold.
function halved(low, high, isBelow) {
  for (let step = 0; step < 60; ++step) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle; else high = middle;
  }
  return (low + high) / 2;
}

/// From linear units to the scale of the pictures, by the words of the table of channels; null where they name none.
/// Logicle: Moore & Parks, Cytometry A 81A:273, 2012, whose formula goes the other way.
function shownScale(words) {
  const [kind, t, w, m, a] = (words || "").match(/^[a-z]+|-?[0-9.]+(?:e[-+]?[0-9]+)?/g) || [];
  if (kind === "none") return (value) => value;
  if (kind === "arcsinh") return (value) => Math.asinh(value / Number(t));
  if (kind !== "logicle") return null;
  const width = Number(m) + Number(a), b = width * Math.LN10, part = Number(w) / width;
  const x1 = Number(a) / width + part, x0 = x1 + part;
  const d = part === 0 ? b : halved(1e-9, b, (value) => 2 * Math.log(value / b) + part * (b + value) < 0);
  const ca = Math.exp(x0 * (b + d)), fa = Math.exp(b * x1) - ca * Math.exp(-d * x1);
  const linear = (y) => y < x1 ? -linear(2 * x1 - y) : Math.exp(b * y) - ca * Math.exp(-d * y) - fa;  // mirrored at zero
  const unit = Number(t) / linear(1);
  return (value) => Number(m) * halved(-1, 2, (y) => unit * linear(y) < value);
}

/// One rectangle on the cells that those before it leave; the cells of the population are dots.
function gateFigure(row, cloud, step, points, title) {
  const sampled = cloud.packed.markers.map(([name]) => name);
  const other = [...row.steps.flat().map(([name]) => name), ...sampled].find((name) => name !== step[0].marker && sampled.includes(name));
  const [across, up] = [step[0], step[1] || {marker: other, low: -Infinity, high: Infinity}];
  const gate = {x: cloud.marker(across.marker).axis, y: cloud.marker(up.marker).axis};
  const {svg, frame, x, y} = plane(`${title} of ${row.name}: ${across.marker} against ${up.marker}`, gate.x, gate.y);
  svg.append(densityOf(cloud, points, across.marker, up.marker, frame));
  svg.append(...[dotsOf(cloud, points, row.subset, gate, x, y)].filter(Boolean));
  const within = (value, low, high) => Math.max(low, Math.min(high, value));
  const [left, right] = [across.low, across.high].map((value) => within(x(value), frame.left, frame.right));
  const [bottom, top] = [up.low, up.high].map((value) => within(y(value), frame.top, frame.bottom));
  svg.append(draw("rect", {x: left.toFixed(1), y: top.toFixed(1), width: (right - left).toFixed(1), height: (bottom - top).toFixed(1), class: "gate"}));
  return chartFigure(title, `${count(points.length)} events sampled`, false, svg);
}

/// A picture for each rectangle whose markers were sampled.
function gatePictures(row) {
  const cloud = cloudOf(row.panel);
  const transforms = new Map(records(results.channels).filter((one) => one.panel === row.panel).map((one) => [one.marker, one.transform]));
  const grid = make("div", {class: "gatepath"});
  let points = cloud ? pointsWithin(cloud, row.within === "cells" ? "" : row.within, samplesShown(sampleFacts.map((_, number) => number))) : [];
  row.steps.forEach((sides, index) => {
    const step = sides.map(([marker, low, high]) => {
      const scale = cloud?.packed.markers.some(([name]) => name === marker) ? shownScale(transforms.get(marker)) : null;
      return scale && {marker, low: missing(low) ? -Infinity : scale(low), high: missing(high) ? Infinity : scale(high)};
    });
    if (step.some((side) => !side)) return;
    grid.append(gateFigure(row, cloud, step, points, row.steps.length > 1 ? `Rectangle ${index + 1}` : "Rectangle"));
    points = points.filter((i) => step.every(({marker, low, high}) => {
      const {axis, values} = cloud.marker(marker);
      const value = axis[1] + values[i] * (axis[2] - axis[1]);
      return value >= low && value < high;
    }));
  });
  return grid.hasChildNodes() ? grid : make("p", {class: "empty"}, "No picture: these channels are not on the map.");
}

/// "Within B cells: IgD < 900 and CD27 < 1,500"; opened, with pictures.
function gateSentence(row) {
  const words = [row.within_name ? make("span", {class: "weak"}, `within ${row.within_name}: `) : null, row.rectangles.replace(/; /g, ", then ")];
  const details = make("details", {class: "inline sentence"}, make("summary", {}, words));
  details.addEventListener("toggle", () => {
    if (!details.open || details.childElementCount > 1) return;
    details.append(gatePictures(row));
    addExports(details);
  });
  return details;
}

function gatesTable() {
  const rows = records(results.gates);
  const share = (title, key, tip) => ({title, tip, numeric: true, value: (row) => row[key],
                                       show: (row) => missing(row[key]) ? kNotAvailable : percent(row[key])});
  return sortableTable([
    {title: "Population", value: (row) => row.name || row.subset},
    ...(unique(rows.map((row) => row.panel)).length > 1 ? [{title: "Panel", value: (row) => row.panel}] : []),
    {title: "Rectangles", value: (row) => row.rectangles, wide: true, show: gateSentence},
    {title: "Labelled", value: (row) => row.labelled, show: (row) => count(row.labelled), numeric: true, tip: "Events that gateless calls so"},
    share("Recall", "recall", "Of these, the share that is inside"),
    share("Precision", "precision", "Of what is inside, the share that gateless calls so"),
    {title: "F1", value: (row) => row.f1, show: (row) => missing(row.f1) ? kNotAvailable : digits(row.f1, 2), numeric: true,
     tip: "Harmonic mean of recall and precision"},
  ], rows).element;
}
