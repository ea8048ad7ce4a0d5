"use strict";
// What every part of the page stands on: the results, elements made of text alone, numbers in words.

const results = JSON.parse(document.getElementById("results").textContent);

/// A table of the results as a list of records. Columns named in `coded` hold places in a list of words.
function records(table) {
  const coded = new Set(table.coded || []);
  return table.rows.map((row) => {
    const record = {};
    table.columns.forEach((column, index) => { record[column] = coded.has(index) ? table.words[row[index]] : row[index]; });
    return record;
  });
}

const abundance = records(results.abundance);
const changes = records(results.changes);
const patientRows = records(results.patients);
const stateRows = records(results.marker_changes);
const clusters = records(results.clusters);
const samplesQc = records(results.qc);

/// An element with attributes and children. Strings become text, never markup.
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

function unique(values) {
  return [...new Set(values)];
}

/// "panel B"; a panel that the program named itself ("panel 1") needs no second word.
function panelWords(panel) {
  return /^panel\b/.test(panel) ? panel : `panel ${panel}`;
}

const kMinus = "\u2212";
const kNotAvailable = "\u2013";

function missing(value) {
  return value === null || value === undefined;
}

function digits(value, significant) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const decimals = Math.max(0, Math.min(6, significant - 1 - Math.floor(Math.log10(size))));
  const text = size.toFixed(decimals);
  if (Number(text) === 0) return "0";
  return (value < 0 ? kMinus : "") + text;
}

function count(value) {
  if (missing(value)) return kNotAvailable;
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, "\u2009");
}

/// A fraction as a percentage with its sign of the unit.
function percent(fraction) {
  if (missing(fraction)) return kNotAvailable;
  const value = 100 * fraction;
  if (value > 0 && value < 0.001) return "< 0.001 %";
  return `${Math.abs(value) >= 10 ? value.toFixed(1).replace("-", kMinus) : digits(value, 2)} %`;
}

function signed(value, significant) {
  if (missing(value)) return kNotAvailable;
  const text = digits(value, significant);
  return value > 0 && text !== "0" ? `+${text}` : text;
}

/// A relative change, 0.5 -> "+50 %".
function relative(change) {
  if (missing(change)) return kNotAvailable;
  const value = Math.round(100 * change);
  return `${value > 0 ? "+" : ""}${String(value).replace("-", kMinus)} %`;
}

/// An end of its interval: one that is not zero never reads as zero, so that what leaves it out says so.
function bound(change) {
  const size = Math.abs(100 * change);
  if (missing(change) || size === 0 || size >= 0.5) return relative(change);
  if (size < 0.005) return `just ${change > 0 ? "above" : "below"} 0 %`;
  return `${change > 0 ? "+" : kMinus}${size.toFixed(size >= 0.05 ? 1 : 2)} %`;
}

/// Of a number for which two decimals are enough: +0.03, never +0.029.
function twoDecimals(value) {
  if (missing(value)) return kNotAvailable;
  const text = value.toFixed(2).replace("-", kMinus);
  return Number(value.toFixed(2)) === 0 ? "0" : value > 0 ? `+${text}` : text;
}

function points(difference) {
  if (missing(difference)) return kNotAvailable;
  return Math.abs(100 * difference) < 1 ? twoDecimals(100 * difference) : signed(100 * difference, 2);
}

function probability(value) {
  if (missing(value)) return kNotAvailable;
  return value < 0.001 ? "< 0.001" : digits(value, 2);
}

function bytes(value) {
  if (!value) return kNotAvailable;
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${digits(value / 1000 ** power, 3)} ${units[power]}`;
}

// Beside colours that stay apart for colour-blind eyes (Okabe and Ito; --c1 to --c8 in page.css) each patient has a shape.
const kColours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#333333", "#e69f00", "#56b4e9", "#8c6d1f"];
const kShapes = ["circle", "triangle", "rect", "rectRot", "star", "crossRot", "rectRounded"];
// What is told of one patient: its sign, and the class of its cell.
const kTold = new Map([["fell", ["\u25BC", "down"]], ["rose", ["\u25B2", "up"]], ["hardly changed", ["=", "same"]], ["unsure", ["\u00B1", "open"]],
                       ["too few events", ["?", "unsure"]], ["not detected", ["\u25CB", "unsure"]]]);
const signOf = (told) => kTold.get(told)[0];

const groupOf = new Map(results.patient_groups);
for (const row of abundance) if (!groupOf.has(row.patient)) groupOf.set(row.patient, row.group);

function isHealthy(patient) {
  return groupOf.get(patient) === results.healthy_group;
}

const everyone = unique([...results.patient_groups.map(([patient]) => patient),
                         ...abundance.map((row) => row.patient), ...patientRows.map((row) => row.patient)]).filter(Boolean);
const sick = everyone.filter((patient) => !isHealthy(patient));

const comparedVisits = unique([...results.visits.filter((visit) => patientRows.some((row) => row.visit === visit)),
                               ...patientRows.map((row) => row.visit)]);

const nameOf = new Map();
for (const row of [...patientRows, ...changes, ...clusters, ...abundance, ...records(results.unresolved)]) {
  if (row.name && !nameOf.has(row.subset)) nameOf.set(row.subset, row.name);
}
for (const [subset, name] of results.names) if (!nameOf.has(subset)) nameOf.set(subset, name);

function subsetName(subset) {
  return nameOf.get(subset) || subset;
}

/// Subsets that some sample holds: the others have no plot.
const detected = new Set(abundance.filter((row) => row.detection !== "not detected").map((row) => row.subset));

const parentOf = new Map(abundance.map((row) => [row.subset, row.parent]));

/// Whether a subset is what all others are parts of: always all cells, so that nothing is told of it.
function isRoot(subset) {
  return parentOf.get(subset) === "" && [...parentOf.values()].includes(subset);
}

/// Sums that are made of one subset alone here: the same cells, told once. Sum -> that subset.
const sameCells = new Map();
for (const [sum, name] of nameOf) {
  const part = / \(here: (.*)\)$/.exec(name)?.[1];
  const [subset] = [...nameOf].find(([, other]) => other === part) || [];
  if (subset) sameCells.set(sum, subset);
}

/// Subsets without the root, and without sums that are the same cells as another of them.
function toldOnce(subsets) {
  const present = new Set(subsets);
  return subsets.filter((subset) => !isRoot(subset) && !present.has(sameCells.get(subset)));
}

/// Names of the sums that are the same cells as a subset.
function alsoCalled(subset) {
  return [...sameCells].filter(([, one]) => one === subset).map(([sum]) => subsetName(sum).replace(/ \(here: .*\)$/, ""));
}

/// Subsets as a tree from the top, in the order in which the tables name them: [{subset, depth}].
function subsetsInOrder() {
  const known = unique(abundance.map((row) => row.subset));
  const ordered = [];
  const placed = new Set();
  const place = (subset, depth) => {
    if (placed.has(subset)) return;
    placed.add(subset);
    ordered.push({subset, depth});
    for (const child of known) if (parentOf.get(child) === subset) place(child, depth + 1);
  };
  for (const subset of known) if (!known.includes(parentOf.get(subset))) place(subset, 0);
  for (const subset of known) place(subset, 0);  // what a circle of parents would hide
  return ordered;
}

const subsetOrder = subsetsInOrder();
const depthOf = new Map(subsetOrder.map(({subset, depth}) => [subset, depth]));
const rankOf = new Map(subsetOrder.map(({subset}, index) => [subset, index]));
