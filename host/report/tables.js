// Tables that sort and filter, and the sections that are tables.

const kRowsAtOnce = 400;

function order(left, right) {
  if (missing(left) || left === "") return missing(right) || right === "" ? 0 : 1;
  if (missing(right) || right === "") return -1;
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left).localeCompare(String(right), "en", {numeric: true});
}

/// A table of rows. A column is {title, value(row) to sort by, show(row) -> text or element, numeric, wide, tip}.
/// Returns {element, update(rows)}.
function sortableTable(columns, rows, className) {
  const body = make("tbody");
  const more = make("button", {class: "more", type: "button"});
  let shown = rows;
  let sorted = null;  // {column, falling}
  let limit = kRowsAtOnce;

  const cell = (column, row) => {
    const content = column.show ? column.show(row) : column.value(row);
    const text = missing(content) || content === "" ? kNotAvailable : content;
    const classes = [column.numeric ? "number" : "", column.wide ? "wide" : ""].join(" ").trim();
    return make("td", {class: classes, title: column.hint ? column.hint(row) : null},
                text instanceof Node ? text : String(text));
  };
  const fill = () => {
    const ordered = [...shown];
    if (sorted) {
      const {column, falling} = sorted;
      ordered.sort((left, right) => {
        const [a, b] = [column.value(left), column.value(right)];
        const empty = (missing(a) || a === "") !== (missing(b) || b === "");
        return empty || !falling ? order(a, b) : order(b, a);
      });
    }
    body.replaceChildren(...ordered.slice(0, limit).map(
        (row) => make("tr", {}, columns.map((column) => cell(column, row)))));
    more.hidden = ordered.length <= limit;
    more.textContent = `Show all ${ordered.length} rows`;
  };
  const heads = columns.map((column) => {
    const button = make("button", {type: "button", title: column.tip}, column.title);
    const head = make("th", {scope: "col", class: column.numeric ? "number" : ""}, button);
    button.addEventListener("click", () => {
      const falling = sorted && sorted.column === column ? !sorted.falling : Boolean(column.numeric);
      sorted = {column, falling};
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      fill();
    });
    return head;
  });
  more.addEventListener("click", () => { limit = Infinity; fill(); });
  const table = make("table", {class: className || ""},
                     make("thead", {}, make("tr", {}, heads)), body);
  table.allRows = () => [columns.map(({title}) => title), ...shown.map((row) => columns.map((column) => column.numeric || !column.show
      ? column.value(row) : cellText(cell(column, row))))];
  fill();
  return {
    element: make("div", {}, make("div", {class: "scroll", tabindex: "0"}, table), more),
    update: (rowsNow) => { shown = rowsNow; limit = kRowsAtOnce; fill(); },
  };
}

/// Buttons of which one is pressed.
function choice(options, chosen, onChoose) {
  const buttons = options.map((option) => {
    const button = make("button", {type: "button", "aria-pressed": String(option === chosen)}, option);
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      onChoose(option);
    });
    return button;
  });
  return make("span", {class: "choice"}, buttons);
}

/// A labelled list to choose from; options are [value, text].
function picker(label, options, chosen, onChoose) {
  const select = make("select", {}, options.map(([value, text]) => make("option", {value}, text)));
  select.value = chosen;
  select.addEventListener("change", () => onChoose(select.value));
  return make("label", {}, label, select);
}

function searchBox(label, onInput) {
  const input = make("input", {type: "search", placeholder: "any word"});
  input.addEventListener("input", () => onInput(input.value.trim().toLowerCase()));
  return make("label", {}, label, input);
}

function interval(low, high, show) {
  return missing(low) || missing(high) ? kNotAvailable : `${show(low)} to ${show(high)}`;
}

function callCell(row) {
  if (!row) return make("td", {class: "unsure"}, kNotAvailable);
  const [sign, kind] = kTold.get(row.told);
  const hint = `${row.patient}, ${subsetName(row.subset)}: ${percent(row.before)} to ${percent(row.after)}, ` +
      `change ${relative(row.change)}, 95 % interval ${interval(row.low, row.high, bound)}, p ${probability(row.p)}; ` +
      `${row.detection_before} before, ${row.detection_after} after`;
  return make("td", {class: kind, title: hint},
              make("b", {}, `${sign} ${row.told}`),
              make("span", {}, relative(row.change)), make("br"),
              make("small", {}, `${percent(row.before)} \u2192 ${percent(row.after)}`));
}

/// At most three digits, as a score is read: 14, 2.5.
const scoreText = (score) => String(Number(score.toPrecision(3))).replace("-", kMinus);

/// A patient's clinical score at the baseline and at a visit.
function scoreCell(patient, visit) {
  const scores = new Map(results.activity.find(([name]) => name === patient)?.[1] || []);
  const [before, after] = [scores.get(results.answer.baseline), scores.get(visit)];
  if (missing(before) || missing(after)) return make("td", {class: "unsure"}, kNotAvailable);
  const words = after < before ? "\u25BC fell" : after > before ? "\u25B2 rose" : "= stayed";
  return make("td", {class: "same"}, make("b", {}, words), make("span", {}, `${scoreText(before)} \u2192 ${scoreText(after)}`));
}

/// The clinical score on top of the subsets; nothing where no patient has one.
function scoreBand(patients, visit) {
  if (!results.activity.some(([patient, scores]) => patients.includes(patient) && scores.some(([, score]) => !missing(score)))) return null;
  return make("tbody", {}, make("tr", {class: "band"}, make("th", {colspan: patients.length + 1, scope: "rowgroup"}, "Clinical score")),
              make("tr", {}, make("th", {scope: "row"}, results.activity_name || "Score"), patients.map((patient) => scoreCell(patient, visit))));
}

/// What a sum of subsets is made of; it is never shown without.
const partsOf = new Map(results.parts);

/// Why a part of a sum cannot be told, in a panel that has the sum if any does.
function reasonUnresolved(part, sum) {
  const rows = records(results.unresolved).filter((row) => row.subset === part);
  const panels = new Set(abundance.filter((row) => row.subset === sum).map((row) => row.panel));
  return (rows.find((row) => panels.has(row.panel)) || rows[0])?.reason;
}

/// Subsets x patients at one visit: primary and secondary subsets, the others on demand.
function callTables(visit) {
  const rows = patientRows.filter((row) => row.visit === visit);
  const patients = unique([...sick, ...everyone]).filter((patient) => rows.some((row) => row.patient === patient));
  const byKey = new Map(rows.map((row) => [JSON.stringify([row.subset, row.patient]), row]));
  const inRows = new Set(toldOnce(unique(rows.map((row) => row.subset))));
  const named = new Set([...results.primary, ...results.secondary]);
  const others = [...inRows].filter((subset) => !named.has(subset));
  const band = ([title, subsets]) => {
    const present = unique(subsets).filter((subset) => inRows.has(subset));
    if (present.length === 0) return null;
    const line = (subset, part) => make("tr", {class: part ? "part" : ""},
        make("th", {scope: "row"}, part ? `part: ${subsetName(subset)}` : subsetName(subset),
             alsoCalled(subset).map((name) => make("small", {}, make("br"), `the same cells: ${name}`))),
        patients.map((patient) => callCell(byKey.get(JSON.stringify([subset, patient])))));
    const untold = (part, reason) => make("tr", {class: "part"}, make("th", {scope: "row"}, `part: ${subsetName(part)}`),
        make("td", {class: "unsure", colspan: patients.length}, `not resolvable with this panel: ${reason}`));
    const partLine = (part, reason) => inRows.has(part) ? line(part, true) : reason ? untold(part, reason) : null;
    const lines = present.flatMap((subset) => [line(subset, false),
        ...(partsOf.get(subset) || []).map((part) => partLine(part, reasonUnresolved(part, subset)))]);
    const first = make("tr", {class: "band"}, make("th", {colspan: patients.length + 1, scope: "rowgroup"}, title));
    return make("tbody", {}, first, lines);
  };
  const table = (bands, score) => {
    const head = make("tr", {}, make("th", {scope: "col"}, "Subset"),
                      patients.map((patient) => make("th", {scope: "col"}, patientHead(patient, visit))));
    return make("div", {class: "scroll", tabindex: "0"},
                make("table", {class: "calls"}, make("thead", {}, head), score, bands.map(band)));
  };
  if ([...named].every((subset) => !inRows.has(subset))) return table([["All subsets", others]], scoreBand(patients, visit));
  const rest = others.length === 0 ? null
      : make("details", {}, make("summary", {}, others.length === 1 ? "One other subset" : `The other ${others.length} subsets`), make("br"), table([["Exploratory", others]]));
  return make("div", {}, table([["Primary", results.primary], ["Secondary", results.secondary]], scoreBand(patients, visit)), rest);
}

/// A number of patients, and of these how many with events enough for a call where not all have.
function withEnough(patients, quantifiable) {
  return quantifiable >= patients ? String(patients)
      : make("span", {}, String(patients), make("br"), make("small", {}, `${quantifiable} quantifiable`));
}

/// A rank correlation with its p, and its q where it has one.
function rho(value, p, q) {
  if (missing(value)) return kNotAvailable;
  const small = [["p", p], ["q", q]].filter(([, number]) => !missing(number)).map(([symbol, number]) => `${symbol} ${probability(number)}`);
  return make("span", {}, twoDecimals(value), make("br"), make("small", {}, small.join(", ")));
}

function changeTable() {
  const rank = new Map(asked.map((subset, index) => [subset, index]));
  const rows = changes.filter((row) => !isRoot(row.subset)).sort((left, right) =>
      (rank.has(left.subset) ? rank.get(left.subset) : 1e6) - (rank.has(right.subset) ? rank.get(right.subset) : 1e6));
  const comparisons = unique(rows.map((row) => row.comparison));
  const lastFirst = [...comparisons].reverse();
  const of = (comparison) => rows.filter((row) => comparison === "all" || row.comparison === comparison);
  const start = lastFirst.find((text) => text.startsWith(`${results.answer.visit} `)) || "all";
  const columns = [
    {title: "Subset", value: (row) => subsetName(row.subset), wide: true,
     show: (row) => make("div", {}, make("span", {class: row.family === "primary" ? "strong" : ""}, subsetName(row.subset)), make("br"),
                         make("small", {}, [row.denominator && `of ${subsetName(row.denominator)}`, row.family, sameCells.has(row.subset) && "the same cells, by another parent"].filter(Boolean).join(" \u00B7 ")))},
    {title: "Patients", value: (row) => row.patients, numeric: true, tip: "Pairs of samples, and those with events enough for a call",
     show: (row) => withEnough(row.patients, row.patients_quantifiable)},
    {title: "Before", value: (row) => row.median_before, show: (row) => percent(row.median_before), numeric: true, tip: "Median"},
    {title: "After", value: (row) => row.median_after, show: (row) => percent(row.median_after), numeric: true, tip: "Median"},
    {title: "Change", value: (row) => row.change, show: (row) => make("b", {}, points(row.change)), numeric: true,
     tip: "Hodges-Lehmann estimate, percentage points"},
    {title: "Interval", value: (row) => row.change_low, show: (row) => interval(row.change_low, row.change_high, points), numeric: true},
    {title: "\u25BC", value: (row) => row.patients_down, numeric: true, tip: "Patients in whom it fell"},
    {title: "\u25B2", value: (row) => row.patients_up, numeric: true, tip: "Patients in whom it rose"},
    {title: "p", value: (row) => row.p, show: (row) => probability(row.p), numeric: true},
    {title: "Floor", value: (row) => row.p_floor, show: (row) => probability(row.p_floor), numeric: true,
     tip: "Smallest p that this number of patients can give"},
    {title: "q", value: (row) => row.q, show: (row) => probability(row.q), numeric: true, tip: "Benjamini-Hochberg within the family"},
    {title: "Test", value: (row) => `${row.test} ${row.comparison}`,
     show: (row) => make("div", {}, row.test, make("br"), make("small", {}, row.comparison))},
  ];
  if (rows.some((row) => !missing(row.activity_rho))) {
    const name = results.activity_name || "activity";
    columns.splice(columns.length - 1, 0,
        {title: "rho", value: (row) => row.activity_rho, show: (row) => rho(row.activity_rho, row.activity_p, row.activity_q), numeric: true,
         tip: `Spearman of the change against the change of ${name}; q over the subsets of the family at this visit`});
  }
  const table = sortableTable(columns, of(start));
  const controls = comparisons.length < 2 ? null : make("div", {class: "controls"},
      picker("Comparison", [["all", "all"], ...lastFirst.map((text) => [text, text])], start,
             (comparison) => table.update(of(comparison))));
  return make("div", {}, restsOnDoubt(comparedVisits), controls, table.element);
}

function detectionWord(row) {
  const marks = new Map([["quantifiable", "\u25CF"], ["not quantifiable", "\u25D0"], ["not detected", "\u25CB"]]);
  return make("span", {class: row.detection === "quantifiable" ? "detection" : "detection weak"},
              `${marks.get(row.detection) || ""} ${row.detection}`);
}

function abundanceTable() {
  const samples = unique(abundance.map((row) => row.sample));
  const label = new Map(abundance.map((row) => [row.sample, [row.patient, row.visit, row.panel, row.sample]
      .filter((word, index, words) => word && words.indexOf(word) === index).join(" \u00B7 ")]));
  const columns = [
    {title: "Subset", value: (row) => rankOf.get(row.subset),
     wide: true, hint: (row) => row.parent && `within ${subsetName(row.parent)}`,
     show: (row) => make("div", {style: `padding-left:${1.1 * (depthOf.get(row.subset) || 0)}em`}, subsetName(row.subset))},
    {title: "Patient", value: (row) => row.patient},
    {title: "Visit", value: (row) => results.visits.indexOf(row.visit), show: (row) => row.visit},
    {title: "Events of parent's", value: (row) => row.events, numeric: true,
     show: (row) => make("span", {}, count(row.events), make("small", {}, ` of ${count(row.parent_events)}`))},
    {title: "of parent", value: (row) => row.fraction_of_parent, show: (row) => make("b", {}, percent(row.fraction_of_parent)),
     hint: (row) => row.parent && `of ${subsetName(row.parent)}`, numeric: true},
    {title: "95 % interval", value: (row) => row.low, show: (row) => interval(row.low, row.high, percent), numeric: true},
    {title: "of lineage", value: (row) => row.fraction_of_lineage, show: (row) => percent(row.fraction_of_lineage), numeric: true},
    {title: "of all", value: (row) => row.fraction_of_all, show: (row) => percent(row.fraction_of_all), numeric: true, tip: "Of kept events"},
    {title: "cells/\u00B5L", value: (row) => row.cells_per_ul, numeric: true,
     show: (row) => missing(row.cells_per_ul) ? kNotAvailable : digits(row.cells_per_ul, 3)},
    {title: "Detection", value: (row) => row.detection, show: detectionWord},
  ];
  const ordered = [...abundance].sort((left, right) => samples.indexOf(left.sample) - samples.indexOf(right.sample) ||
      rankOf.get(left.subset) - rankOf.get(right.subset));
  const chosen = {sample: samples[0], subset: "", words: ""};
  const rows = () => ordered.filter((row) => (!chosen.sample || row.sample === chosen.sample) &&
      (!chosen.subset || row.subset === chosen.subset) &&
      (!chosen.words || [subsetName(row.subset), row.subset, row.patient, row.visit, row.group, row.detection]
          .join(" ").toLowerCase().includes(chosen.words)));
  const table = sortableTable(columns, rows());
  const set = (name) => (value) => { chosen[name] = value; table.update(rows()); };
  const indent = (subset, depth) => "\u2003".repeat(depth) + subsetName(subset);
  const controls = make("div", {class: "controls"},
      picker("Sample", [["", "all samples"], ...samples.map((sample) => [sample, label.get(sample)])], chosen.sample, set("sample")),
      picker("Subset", [["", "all subsets"], ...subsetOrder.map(({subset, depth}) => [subset, indent(subset, depth)])], "", set("subset")),
      searchBox("Find", set("words")));
  return make("div", {}, controls, table.element);
}

function abnormalTable() {
  const columns = [
    {title: "Cluster", value: (row) => row.cluster},
    {title: "Subset", value: (row) => row.name || row.subset, wide: true},
    {title: "Phenotype and evidence", value: (row) => row.phenotype, wide: true,
     show: (row) => make("div", {}, row.phenotype, make("br"), make("small", {}, row.evidence.replace(/\b1 healthy controls/, "1 healthy control")))},
    {title: "Events", value: (row) => row.events, show: (row) => count(row.events), numeric: true},
    {title: "of memory B", value: (row) => row.fraction_of_memory_b, show: (row) => percent(row.fraction_of_memory_b), numeric: true},
    {title: "Enrichment", value: (row) => row.enrichment, numeric: true, tip: "Times the frequency in healthy controls",
     show: (row) => missing(row.enrichment) ? kNotAvailable : `\u00D7 ${digits(row.enrichment, 2)}`},
    {title: "Patients", value: (row) => row.patients_present, numeric: true, tip: "In whom it is detected, and in whom it is quantifiable",
     show: (row) => withEnough(row.patients_present, row.patients_quantifiable)},
    {title: "p", value: (row) => row.p, show: (row) => probability(row.p), numeric: true},
    {title: "q", value: (row) => row.q, show: (row) => probability(row.q), numeric: true},
    {title: "rho", tip: `Spearman against ${results.activity_name || "activity"}`, value: (row) => row.activity_rho,
     show: (row) => rho(row.activity_rho, row.activity_p), numeric: true},
  ];
  const limits = results.limits.map((text) => make("p", {class: "note limit"}, `${text[0].toUpperCase()}${text.slice(1)}.`));
  const rows = records(results.abnormal);
  const none = limits.length ? null : make("p", {class: "empty"}, "No abnormal population was found.");
  return make("div", {}, limits, rows.length ? sortableTable(columns, rows).element : none);
}

function unresolvedTable() {
  return sortableTable([
    {title: "Subset", value: (row) => row.name || row.subset},
    ...(unique(kWhole.samplesQc.map((row) => row.panel)).length > 1 ? [{title: "Panel", value: (row) => row.panel}] : []),
    {title: "Why", value: (row) => row.reason, wide: true},
  ], records(results.unresolved)).element;
}

function stageTable() {
  const rows = records(results.stages);
  const longest = Math.max(...rows.map((row) => row.seconds || 0), 1e-9);
  return sortableTable([
    {title: "Stage", value: (row) => row.name},
    {title: "Seconds", value: (row) => row.seconds, show: (row) => digits(row.seconds || 0, 2), numeric: true},
    {title: "Share of the longest", value: (row) => row.seconds, wide: true,
     show: (row) => make("span", {class: "bar", style: `width:${(100 * (row.seconds || 0) / longest).toFixed(1)}%`})},
    {title: "Events", value: (row) => row.events, show: (row) => row.events ? count(row.events) : kNotAvailable, numeric: true},
    {title: "Read or written", value: (row) => row.bytes, show: (row) => bytes(row.bytes), numeric: true},
    {title: "Peak memory", value: (row) => row.peak_bytes, show: (row) => bytes(row.peak_bytes), numeric: true},
  ], rows).element;
}
