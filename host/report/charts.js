// Charts over visits and patients, and of what was dropped.

Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
Chart.defaults.color = "#56646f";
Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;

/// Draws the healthy range behind a chart: options.plugins.healthyBand = {low, high, middle}.
const healthyBand = {
  id: "healthyBand",
  beforeDatasetsDraw(chart, _, band) {
    if (!band || missing(band.low)) return;
    const {ctx, chartArea: area, scales: {y}} = chart;
    const top = y.getPixelForValue(band.high);
    ctx.save();
    ctx.fillStyle = "rgba(110, 125, 137, 0.15)";
    ctx.fillRect(area.left, top, area.width, Math.max(1, y.getPixelForValue(band.low) - top));
    ctx.strokeStyle = "rgba(90, 105, 117, 0.6)";
    ctx.setLineDash([4, 4]);
    ctx.beginPath();
    ctx.moveTo(area.left, y.getPixelForValue(band.middle));
    ctx.lineTo(area.right, y.getPixelForValue(band.middle));
    ctx.stroke();
    ctx.restore();
  },
};

/// Draws dataset.intervals ([[low, high] or null] per point) as thin bars through the points.
const intervalBars = {
  id: "intervalBars",
  afterDatasetsDraw(chart) {
    const {ctx, chartArea: area, scales: {y}} = chart;
    ctx.save();
    ctx.beginPath();
    ctx.rect(area.left, area.top, area.width, area.height);
    ctx.clip();
    chart.data.datasets.forEach((dataset, index) => {
      if (!dataset.intervals) return;
      ctx.strokeStyle = dataset.intervalColour || dataset.borderColor;
      ctx.lineWidth = dataset.faint ? 0.4 : 1.2;
      chart.getDatasetMeta(index).data.forEach((point, place) => {
        const ends = dataset.intervals[place];
        if (!ends) return;
        ctx.beginPath();
        ctx.moveTo(point.x, y.getPixelForValue(ends[0]));
        ctx.lineTo(point.x, y.getPixelForValue(ends[1]));
        ctx.stroke();
      });
    });
    ctx.restore();
  },
};
Chart.register(healthyBand, intervalBars);

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

/// A caption above a chart's canvas. The chart is made once the figure stands in the page.
function chartFigure(title, small, isPrimary, label, configuration, height) {
  const canvas = make("canvas", {role: "img", "aria-label": label});
  const plot = make("div", {class: "plot", style: height ? `height:${height}px` : null}, canvas);
  const figure = make("figure", {class: isPrimary ? "primary" : ""},
                      make("figcaption", {}, make("h3", {}, title), make("small", {}, small)), plot);
  return {figure, draw: () => new Chart(canvas, configuration)};
}

function showCharts(grid, figures) {
  grid.append(...figures.map(({figure}) => figure));
  return figures.map(({draw}) => draw());
}

/// Lines over visits. points: [{patient, visit, value, low, high, events}], healthy: values of controls.
function courseConfiguration(points, healthy, unit, isPercent) {
  const show = isPercent ? percent : (value) => digits(value, 3);
  const visits = unique([...results.visits, ...points.map((point) => point.visit)])
      .filter((visit) => points.some((point) => point.visit === visit));
  const labels = [...(healthy.length ? ["healthy"] : []), ...visits];
  const first = labels.length - visits.length;
  const scale = isPercent ? 100 : 1;
  const patients = sick.filter((patient) => points.some((point) => point.patient === patient));
  const datasets = patients.map((patient, index) => {
    const {colour, shape} = styleOf(patient);
    const own = visits.map((visit) => points.find((point) => point.patient === patient && point.visit === visit))
        .filter(Boolean);
    const aside = (index - (patients.length - 1) / 2) * Math.min(0.05, 0.4 / patients.length);
    return {
      label: patient, borderColor: colour, backgroundColor: colour, pointStyle: shape, borderWidth: 2, pointRadius: 4.5,
      intervals: own.map((point) => missing(point.low) ? null : [scale * point.low, scale * point.high]),
      data: own.map((point) => ({x: first + visits.indexOf(point.visit) + aside, y: scale * point.value, point})),
    };
  });
  if (healthy.length) {
    datasets.push({
      label: "healthy", showLine: false, pointRadius: 3, backgroundColor: "rgba(90,105,117,.55)", borderWidth: 0,
      data: healthy.map((value, index) => ({x: 0.3 * (healthy.length > 1 ? index / (healthy.length - 1) - 0.5 : 0),
                                            y: scale * value})),
    });
  }
  const highest = {value: Math.max(0, ...points.map((point) => scale * point.value), ...healthy.map((value) => scale * value)),
                   end: Math.max(0, ...points.map((point) => scale * (missing(point.high) ? point.value : point.high)))};
  return {
    type: "line",
    data: {datasets},
    options: {
      layout: {padding: {top: 6, right: 6}},
      interaction: {mode: "nearest", intersect: false},
      scales: {
        x: {type: "linear", min: -0.4, max: labels.length - 0.6, grid: {display: false},
            afterBuildTicks: (axis) => { axis.ticks = labels.map((_, value) => ({value})); },
            ticks: {callback: (value) => labels[value] === undefined ? "" : labels[value], autoSkip: false, maxRotation: 40}},
        y: {beginAtZero: true, suggestedMax: Math.min(highest.end, 1.6 * highest.value), title: {display: true, text: unit}, grid: {color: "#e6eaed"}, ticks: {maxTicksLimit: 6}},
      },
      plugins: {
        legend: {display: false},
        healthyBand: scaledBand(healthyRange(healthy), scale),
        tooltip: {callbacks: {
          title: () => "",
          label: ({dataset, raw}) => raw.point
              ? [`${dataset.label}, ${raw.point.visit}: ${show(raw.point.value)}`,
                 missing(raw.point.low) ? "" : `95 % interval ${interval(raw.point.low, raw.point.high, show)}`,
                 missing(raw.point.events) ? "" : `${count(raw.point.events)} events`].filter(Boolean)
              : `healthy: ${show(raw.y / scale)}`,
        }},
      },
    },
  };
}

function scaledBand(range, scale) {
  return range ? {low: scale * range.low, high: scale * range.high, middle: scale * range.middle} : {};
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
  const parent = parentOf.get(subset);
  const of = parent ? `% of ${subsetName(parent)}` : "% of parent";
  const configuration = courseConfiguration(points.filter((point) => !isHealthy(point.patient)),
                                            points.filter((point) => isHealthy(point.patient)).map((point) => point.value),
                                            "%", true);
  return chartFigure(subsetName(subset), of, results.primary.includes(subset),
                     `${subsetName(subset)} over visits, ${of}`, configuration);
}

function activityFigure() {
  const points = results.activity.flatMap(([patient, visits]) => visits.filter(([, score]) => !missing(score))
      .map(([visit, score]) => ({patient, visit, value: score})));
  const sickPoints = points.filter((point) => !isHealthy(point.patient));
  if (sickPoints.length === 0) return null;
  const name = results.activity_name || "Activity";
  return chartFigure(name, "activity score", false, `${name} over visits`,
                     courseConfiguration(sickPoints, [], "score", false));
}

/// Bars of relative change, sorted, one subset at one visit.
function waterfallFigure(subset, visit) {
  const rows = patientRows.filter((row) => row.subset === subset && row.visit === visit && !missing(row.change))
      .sort((left, right) => left.change - right.change);
  if (rows.length === 0) return null;
  const farthest = Math.max(...rows.map((row) => Math.abs(row.change)), 0.1);
  const limit = (bound) => Math.max(-1, Math.min(bound, 1.6 * farthest));
  const low = Math.min(0, ...rows.map((row) => missing(row.low) ? row.change : limit(row.low)));
  const high = Math.max(0, ...rows.map((row) => missing(row.high) ? row.change : limit(row.high)));
  const colours = rows.map((row) => kCallColours.get(row.call));
  return chartFigure(subsetName(subset), `change to ${visit}, % of the value before`, results.primary.includes(subset),
                     `${subsetName(subset)}: change of each patient to ${visit}`, {
    type: "bar",
    data: {
      labels: rows.map((row) => [row.patient, kArrows.get(row.call)]),
      datasets: [{data: rows.map((row) => 100 * row.change), backgroundColor: colours,
                  borderColor: rows.map((row) => row.call === "not quantifiable" ? "#9aa7b1" : "transparent"), borderWidth: 1,
                  intervalColour: "#1c2733", maxBarThickness: 46,
                  intervals: rows.map((row) => missing(row.low) || missing(row.high) ? null : [100 * row.low, 100 * row.high])}],
    },
    options: {
      scales: {
        x: {grid: {display: false}, ticks: {autoSkip: false}},
        y: {suggestedMin: 100 * low, suggestedMax: 100 * high, title: {display: true, text: "%"},
            grid: {color: (context) => context.tick && context.tick.value === 0 ? "#1c2733" : "#e6eaed"}, 
            ticks: {maxTicksLimit: 7, callback: (value) => String(value).replace("-", kMinus)}},
      },
      plugins: {legend: {display: false}, tooltip: {callbacks: {
        title: () => "",
        label: ({dataIndex}) => {
          const row = rows[dataIndex];
          return [`${row.patient}: ${relative(row.change)} (${row.call})`,
                  `95 % interval ${interval(row.low, row.high, relative)}`,
                  `${percent(row.before)} \u2192 ${percent(row.after)}`];
        },
      }}},
    },
  });
}

/// Dropped events of each sample by reason, as shares of the events read.
function droppedFigure() {
  const reasons = unique(samplesQc.flatMap((row) => row.dropped.map(([reason]) => reason)));
  const share = (row, events) => row.events ? 100 * events / row.events : 0;
  const of = (row, reason) => (row.dropped.find(([name]) => name === reason) || [reason, 0])[1];
  const colours = ["#d55e00", "#e69f00", "#56b4e9", "#cc79a7", "#8c6d1f", "#333333", "#009e73"];
  const datasets = reasons.map((reason, index) => ({label: reason, data: samplesQc.map((row) => share(row, of(row, reason))),
                                                    backgroundColor: colours[index % colours.length]}));
  return chartFigure("Dropped events", "% of the events read, by reason", false, "Dropped events of each sample by reason", {
    type: "bar",
    data: {labels: samplesQc.map((row) => row.sample), datasets},
    options: {
      indexAxis: "y",
      scales: {x: {stacked: true, min: 0, suggestedMax: 5, title: {display: true, text: "%"}},
               y: {stacked: true, grid: {display: false}, ticks: {autoSkip: false, font: {size: 11},
                   callback(value) { const text = this.getLabelForValue(value); return text.length > 34 ? `\u2026${text.slice(-33)}` : text; }}}},
      plugins: {legend: {position: "top", align: "start", labels: {boxWidth: 12}}, tooltip: {callbacks: {
        label: ({dataset, dataIndex, raw}) => `${dataset.label}: ${count(of(samplesQc[dataIndex], dataset.label))} (${digits(raw, 3)} %)`,
      }}},
    },
  }, 90 + 19 * samplesQc.length);
}
