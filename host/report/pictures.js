// What pictures of events have in common: packed numbers, densities as images, axes, labels that do not cover each other.

const kPacked = [...Array(94).keys()].map((index) => String.fromCharCode(33 + index)).filter((letter) => !"\"&<\\".includes(letter));
const kLevelOf = new Map(kPacked.map((letter, level) => [letter, level]));
const kTopCount = 62;

/// Counts of a grid, row by row from the lowest, about as large as they were (steps of a quarter of e).
function unpackCounts(text, size) {
  const counts = new Float32Array(size);
  let at = 0;
  for (const letter of text) {
    const level = kLevelOf.get(letter);
    if (level > kTopCount) at += level - kTopCount;
    else if (level === 0) ++at;
    else counts[at++] = level === 1 ? 1 : Math.exp((level - 0.5) / 4);
  }
  return counts;
}

function unpackShares(text) {
  return Float32Array.from(text, (letter) => kLevelOf.get(letter) / 89);
}

/// Pairs of places, each number in two characters.
function unpackPlaces(text) {
  const places = new Float32Array(text.length / 2);
  for (let i = 0; i < places.length; ++i) places[i] = (90 * kLevelOf.get(text[2 * i]) + kLevelOf.get(text[2 * i + 1])) / 8099;
  return places;
}

function isDark() {
  return document.documentElement.dataset.theme === "dark";
}

function mixed(stops, share) {
  const at = Math.max(0, Math.min(1, share)) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(at));
  return stops[below].map((value, part) => Math.round(value + (at - below) * (stops[below + 1][part] - value)));
}

const kDensity = {light: [[226, 235, 243], [176, 207, 229], [110, 163, 206], [52, 108, 170], [20, 58, 116]],
                  dark: [[30, 42, 56], [36, 74, 112], [52, 118, 168], [112, 178, 216], [208, 234, 248]]};
const kGrey = {light: [[240, 241, 242], [214, 217, 220], [176, 182, 187]], dark: [[30, 34, 39], [48, 54, 60], [78, 86, 94]]};

/// A density on a log scale as an image: nothing where no event lies.
function densityImage(counts, bins, ramps = kDensity) {
  const canvas = make("canvas", {width: bins, height: bins});
  const context = canvas.getContext("2d");
  const image = context.createImageData(bins, bins);
  const stops = isDark() ? ramps.dark : ramps.light;
  const top = Math.log1p(counts.reduce((most, value) => Math.max(most, value), 0));
  for (let y = 0; y < bins; ++y) {
    for (let x = 0; x < bins; ++x) {
      const value = counts[y * bins + x];
      if (!(value > 0)) continue;
      const at = 4 * ((bins - 1 - y) * bins + x);  // the first row of bins is the lowest
      image.data.set([...mixed(stops, Math.log1p(value) / top), 255], at);
    }
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

function overlaps(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

const ruler = document.createElement("canvas").getContext("2d");
const kFontFamily = getComputedStyle(document.body).fontFamily;

function textWidth(text, size, weight = 600) {
  ruler.font = `${weight} ${size}px ${kFontFamily}`;
  return ruler.measureText(text).width;
}

/// As much of a text as fits, without what stands in brackets at its end where that is too much.
function fitted(text, width, size, weight) {
  if (textWidth(text, size, weight) <= width) return text;
  const bare = text.replace(/ \([^()]*\)$/, "");
  if (textWidth(bare, size, weight) <= width) return bare;
  let letters = bare.length;
  while (letters > 1 && textWidth(`${bare.slice(0, letters)}\u2026`, size, weight) > width) --letters;
  return `${bare.slice(0, letters)}\u2026`;
}

/// A text in one line, or in two between its words: as much of it as fits, without what stands in brackets at its end.
function wrapped(text, width, size, weight) {
  if (!text) return [];
  const bare = text.replace(/ \([^()]*\)$/, "");
  if (textWidth(bare, size, weight) <= width) return [fitted(text, width, size, weight)];
  const words = bare.split(" ");
  let first = words.length - 1;
  while (first > 1 && textWidth(words.slice(0, first).join(" "), size, weight) > width) --first;
  return [words.slice(0, first).join(" "), words.slice(first).join(" ")].filter(Boolean).map((line) => fitted(line, width, size, weight));
}

/// Places for labels beside their dots so that none covers another or a dot; a free place further off otherwise.
function placeLabels(dots, frame, size = 11, farthest = 8) {
  const taken = dots.map((dot) => ({left: dot.x - 4, right: dot.x + 4, top: dot.y - 4, bottom: dot.y + 4}));
  return dots.map((dot) => {
    const width = textWidth(dot.name, size) + 6;
    const boxAt = (left, top) => {
      const x = Math.max(frame.left + 2, Math.min(frame.right - width - 2, left));
      const y = Math.max(frame.top + 2, Math.min(frame.bottom - size - 5, top));
      return {left: x, right: x + width, top: y, bottom: y + size + 3};
    };
    for (let far = 0; far < farthest; ++far) {
      const step = (size + 2) * far;
      for (const [left, top] of [[dot.x + 8, dot.y - 7 - step], [dot.x + 8, dot.y - 7 + step],
                                 [dot.x - width - 8, dot.y - 7 - step], [dot.x - width - 8, dot.y - 7 + step],
                                 [dot.x - width / 2, dot.y - 22 - step], [dot.x - width / 2, dot.y + 8 + step]]) {
        const box = boxAt(left, top);
        if (!taken.some((other) => overlaps(box, other))) { taken.push(box); return box; }
      }
    }
    return null;  // better no label than one that hides another
  });
}

function halo(x, y, text, attributes = {}) {
  return draw("text", {x: x.toFixed(1), y: y.toFixed(1), class: "halo", ...attributes}, text);
}

/// Two axes with linear values where the scale bends them, round numbers where it does not: {svg, frame, x(value), y(value)}.
/// An axis is [name, low, high, ticks].
function plane(label, xAxis, yAxis) {
  const frame = {left: 44, right: 324, top: 6, bottom: 286};
  const svg = draw("svg", {viewBox: "0 0 332 324", role: "img", "aria-label": label});
  const scale = ([, low, high], from, to) => (value) => from + (value - low) / (high - low || 1) * (to - from);
  const x = scale(xAxis, frame.left, frame.right);
  const y = scale(yAxis, frame.bottom, frame.top);
  const ticksOf = ([, low, high, ticks]) => {
    if (ticks.length) return ticks;
    const round = roundTicks(low, high);
    return round.map((value) => [value, tickText(value, round)]);
  };
  svg.append(draw("rect", {x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top, class: "plane"}));
  for (const [place, text] of ticksOf(xAxis)) {
    if (x(place) < frame.left || x(place) > frame.right) continue;
    svg.append(stroke(x(place), frame.bottom, x(place), frame.bottom + 4, "tick"), word(x(place), frame.bottom + 15, text, {"text-anchor": "middle", "font-size": 10}));
  }
  for (const [place, text] of ticksOf(yAxis)) {
    if (y(place) < frame.top || y(place) > frame.bottom) continue;
    svg.append(stroke(frame.left - 4, y(place), frame.left, y(place), "tick"), word(frame.left - 6, y(place) + 3.5, text, {"text-anchor": "end", "font-size": 10}));
  }
  svg.append(word((frame.left + frame.right) / 2, 318, xAxis[0], {"text-anchor": "middle", "font-weight": 600}),
             draw("text", {class: "word", transform: `translate(11 ${(frame.top + frame.bottom) / 2}) rotate(-90)`, "text-anchor": "middle", "font-weight": 600}, yAxis[0]));
  return {svg, frame, x, y};
}

/// A number in 0..1 that depends on i alone: spreads points over the bin that they were packed into.
function scatter(i) {
  const value = Math.sin(12.9898 * (i + 1)) * 43758.5453;
  return value - Math.floor(value);
}

/// The sampled events of a panel, unpacked when they are first looked at.
const kClouds = new Map();
function cloudOf(panel) {
  if (kClouds.has(panel)) return kClouds.get(panel);
  const packed = results.sampled_events.find((sampled) => sampled.panel === panel);
  if (!packed) return null;
  const size = packed.strata.reduce((sum, [, , , sampled]) => sum + sampled, 0);
  const cloud = {size, packed, sample: new Int32Array(size), subset: new Array(size), weight: new Float32Array(size), axes: new Map()};
  let at = 0;
  for (const [sample, subset, events, sampled] of packed.strata) {
    for (let i = 0; i < sampled; ++i, ++at) {
      cloud.sample[at] = sample;
      cloud.subset[at] = subset;
      cloud.weight[at] = events / sampled;
    }
  }
  cloud.marker = (name) => {
    if (!cloud.axes.has(name)) {
      const axis = packed.markers.find(([marker]) => marker === name);
      const values = unpackShares(axis[4]).map((value, i) => Math.max(0, Math.min(1, value + (scatter(i + name.length) - 0.5) / 89)));
      cloud.axes.set(name, {axis: axis.slice(0, 4), values});
    }
    return cloud.axes.get(name);
  };
  cloud.places = packed.map ? unpackPlaces(packed.map) : null;
  kClouds.set(panel, cloud);
  return cloud;
}

/// What is known of each sample, in the order of the qc table; evidence speaks of samples by number.
const sampleFacts = kWhole.samplesQc.map((row) => ({sample: row.sample, panel: row.panel, ...factsOf.get(row.sample)}));

function samplesShown(numbers) {
  return numbers.filter((number) => number >= 0 && isShown({sample: sampleFacts[number].sample}));
}

/// The mark, with the samples of a picture that need a look; nothing where none does.
function doubtsAmong(numbers) {
  const doubted = unique(numbers).filter((number) => kLooks.get(sampleFacts[number]?.sample)?.look === "needs a look");
  return doubted.length === 0 ? null : [make("br"), ...withMarks(`${kMark} with ${doubted.map((number) => {
    const {sample, patient, visit} = sampleFacts[number];
    return [patient, visit].filter(Boolean).join(", ") || sample;
  }).join("; ")}`)];
}

const kSides = [["all", "all samples together"], ["group", "each group and visit"], ["patient", "each patient and visit"], ["sample", "each sample"]];

/// The samples that belong side by side: [[title, samples]].
function sidesOf(numbers, how) {
  const titleOf = (number) => {
    const {sample, patient, visit, group} = sampleFacts[number];
    if (how === "group") return [group, visit].filter(Boolean).join(", ") || sample;
    if (how === "patient") return [patient, visit].filter(Boolean).join(", ") || sample;
    return how === "sample" ? sample : "All samples";
  };
  const sides = new Map();
  for (const number of numbers) sides.set(titleOf(number), [...(sides.get(titleOf(number)) || []), number]);
  const visitOf = ([, own]) => results.visits.indexOf(sampleFacts[own[0]].visit);
  const healthyLast = ([, own]) => sampleFacts[own[0]].group === results.healthy_group ? 1 : 0;
  return [...sides].sort((one, other) => how === "group" ? healthyLast(one) - healthyLast(other) || visitOf(one) - visitOf(other) : 0);
}
