// Pictures drawn by hand: the heat map of cluster medians and the density of two markers.

/// White to dark blue; one hue keeps its order for every eye.
function heatColour(share) {
  const stops = [[255, 255, 255], [198, 219, 239], [107, 174, 214], [33, 113, 181], [8, 48, 107]];
  const at = Math.max(0, Math.min(1, share)) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(at));
  const mix = stops[below].map((value, index) => Math.round(value + (at - below) * (stops[below + 1][index] - value)));
  return `rgb(${mix.join(",")})`;
}

/// One table a map: metaclusters down, markers across, sortable by each.
function heatMap(rows) {
  const markers = unique(rows.flatMap((row) => row.medians.map(([marker]) => marker)));
  const medians = new Map(rows.map((row) => [row, new Map(row.medians)]));
  const ranges = new Map(markers.map((marker) => {
    const values = rows.map((row) => medians.get(row).get(marker)).filter((value) => !missing(value));
    return [marker, [Math.min(...values), Math.max(...values)]];
  }));
  const name = (row) => {
    const title = `${row.name || row.subset || `cluster ${row.metacluster}`} `;
    const words = [row.phenotype, row.explanation, row.compared && `Second source: ${row.compared}`].filter(Boolean);
    if (words.length === 0) return make("span", {}, title);
    return make("details", {}, make("summary", {title: row.phenotype}, title), words.map((text) => make("p", {}, text)));
  };
  const level = (row, marker) => {
    const value = medians.get(row).get(marker);
    if (missing(value)) return make("td", {class: "level none", title: `${marker}: not measured`});
    const [low, high] = ranges.get(marker);
    return make("td", {class: "level", style: `background:${heatColour(high > low ? (value - low) / (high - low) : 0.5)}`,
                       title: `${marker}: median ${digits(value, 3)} in cluster ${row.metacluster}`});
  };
  const body = make("tbody");
  const fill = (value, falling) => {
    const ordered = [...rows].sort((left, right) => falling ? order(value(right), value(left)) : order(value(left), value(right)));
    body.replaceChildren(...ordered.map((row) => make("tr", {},
        make("th", {scope: "row", class: "name"}, name(row)), make("td", {class: "number"}, row.metacluster),
        make("td", {class: "number"}, count(row.events)),
        make("td", {class: "number"}, missing(row.confidence) ? kNotAvailable : digits(row.confidence, 2)),
        make("td", {class: "number", title: "how surely it is found again over resamples, 0 to 1"},
             missing(row.stability) ? kNotAvailable : digits(row.stability, 2)),
        markers.map((marker) => level(row, marker)))));
  };
  const place = (row) => rankOf.has(row.subset) ? rankOf.get(row.subset) : 1e6;
  const heads = [["Name", "name", place, false], ["No.", "number", (row) => row.metacluster, false],
                 ["Events", "number", (row) => row.events, true], ["Confidence", "number", (row) => row.confidence, true],
                 ["Stability", "number", (row) => row.stability, true],
                 ...markers.map((marker) => [marker, "marker", (row) => medians.get(row).get(marker), true])];
  const head = make("tr", {}, heads.map(([title, kind, value, falling]) => {
    const button = make("button", {type: "button", title: `Sort by ${title}`}, title);
    button.addEventListener("click", () => fill(value, falling));
    return make("th", {scope: "col", class: kind}, button);
  }));
  const byName = rows.some((row) => row.subset && rankOf.has(row.subset));
  fill(byName ? (row) => 1e13 * place(row) - row.events : (row) => row.events, !byName);
  return make("div", {class: "scroll", tabindex: "0"}, make("table", {class: "heat", style: `max-width:${560 + 56 * markers.length}px`}, make("thead", {}, head), body));
}

function heatMaps() {
  const titleOf = (row) => [row.panel && `Panel ${row.panel}`, row.map ? `${subsetName(row.map)}, clustered again` : "all events"]
      .filter(Boolean).join(": ");
  const steps = [0, 0.25, 0.5, 0.75, 1].map((share) => heatColour(share)).join(",");
  const scale = make("p", {class: "scale note"}, "lowest", make("i", {style: `background:linear-gradient(90deg,${steps})`}), "highest");
  return make("div", {}, scale, unique(clusters.map(titleOf)).map((title) => {
    const rows = clusters.filter((row) => titleOf(row) === title);
    return [make("h3", {class: "map"}, title, make("small", {class: "weak"}, ` \u00B7 ${rows.length} metaclusters`)), heatMap(rows)];
  }));
}

const kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The density as an image: white where no event lies, then pale to dark blue.
function densityImage(picture) {
  const stops = [[238, 242, 246], [203, 222, 236], [150, 190, 219], [98, 152, 199], [58, 113, 172], [36, 76, 135]];
  const canvas = make("canvas", {width: picture.columns, height: picture.rows});
  const context = canvas.getContext("2d");
  const image = context.createImageData(picture.columns, picture.rows);
  for (let y = 0; y < picture.rows; ++y) {
    for (let x = 0; x < picture.columns; ++x) {
      const level = kLetters.indexOf(picture.levels[y * picture.columns + x]);
      const at = 4 * ((picture.rows - 1 - y) * picture.columns + x);  // the first row of bins is the lowest
      const along = Math.max(0, level) / 63 * (stops.length - 1);
      const below = Math.min(stops.length - 2, Math.floor(along));
      for (let part = 0; part < 3; ++part) {
        image.data[at + part] = level <= 0 ? 255 : stops[below][part] + (along - below) * (stops[below + 1][part] - stops[below][part]);
      }
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

function draw(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function overlaps(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/// Places for labels beside their dots so that none covers another or a dot; a free place further off otherwise.
function placeLabels(dots, frame) {
  const taken = dots.map((dot) => ({left: dot.x - 5, right: dot.x + 5, top: dot.y - 5, bottom: dot.y + 5}));
  const ruler = document.createElement("canvas").getContext("2d");
  ruler.font = `600 11px ${getComputedStyle(document.body).fontFamily}`;
  return dots.map((dot) => {
    const width = ruler.measureText(dot.name).width + 6;
    const boxAt = (left, top) => {
      const x = Math.max(frame.left + 2, Math.min(frame.right - width - 2, left));
      const y = Math.max(frame.top + 2, Math.min(frame.bottom - 16, top));
      return {left: x, right: x + width, top: y, bottom: y + 14};
    };
    let chosen = null;
    for (let far = 0; far < 12 && !chosen; ++far) {
      for (const [left, top] of [[dot.x + 8, dot.y - 7 - 15 * far], [dot.x + 8, dot.y - 7 + 15 * far],
                                 [dot.x - width - 8, dot.y - 7 - 15 * far], [dot.x - width - 8, dot.y - 7 + 15 * far],
                                 [dot.x - width / 2, dot.y - 22 - 15 * far], [dot.x - width / 2, dot.y + 8 + 15 * far]]) {
        const box = boxAt(left, top);
        if (!taken.some((other) => overlaps(box, other))) { chosen = box; break; }
      }
    }
    chosen = chosen || boxAt(dot.x + 8, dot.y - 7);
    taken.push(chosen);
    return chosen;
  });
}

/// Four to eight round numbers between two ends.
function roundTicks(low, high) {
  if (!(high > low)) return [];
  const power = 10 ** Math.floor(Math.log10((high - low) / 4));
  const step = power * ([5, 2, 1].find((factor) => (high - low) / (factor * power) >= 4) || 1);
  const ticks = [];
  for (let index = Math.ceil(low / step); index * step <= high; ++index) ticks.push(index * step);
  return ticks;
}

function backGate(gate) {
  const [xName, xLow, xHigh] = gate.x;
  const [yName, yLow, yHigh] = gate.y;
  const frame = {left: 34, right: 354, top: 8, bottom: 298};
  const acrossOf = (value) => frame.left + (value - xLow) / (xHigh - xLow || 1) * (frame.right - frame.left);
  const upOf = (value) => frame.bottom - (value - yLow) / (yHigh - yLow || 1) * (frame.bottom - frame.top);
  const dots = gate.centres.filter(([, x, y]) => !missing(x) && !missing(y)).map(([name, x, y]) => ({
    name: name.length > 34 ? `${name.slice(0, 33)}\u2026` : name,
    x: Math.max(frame.left, Math.min(frame.right, acrossOf(x))), y: Math.max(frame.top, Math.min(frame.bottom, upOf(y)))}));
  const labels = placeLabels(dots, frame);
  const picture = draw("svg", {viewBox: "0 0 362 334", role: "img", "font-size": 11, "font-family": "inherit"});
  if (gate.picture.levels) {
    picture.append(draw("image", {href: densityImage(gate.picture), x: frame.left, y: frame.top, width: frame.right - frame.left,
                                  height: frame.bottom - frame.top, preserveAspectRatio: "none"}));
  }
  picture.append(draw("rect", {x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top,
                               fill: "none", stroke: "#9aa7b1"}));
  // Linear values where the scale bends them; round numbers where it does not.
  const ticksOf = (ticks, low, high) => ticks.length ? ticks : roundTicks(low, high).map((value) => [value, digits(value, 1)]);
  for (const [x, text] of ticksOf(gate.ticks[0], xLow, xHigh)) {
    picture.append(draw("text", {x: acrossOf(x), y: frame.bottom + 14, "text-anchor": "middle", fill: "#56646f", "font-size": 10}, text));
  }
  for (const [y, text] of ticksOf(gate.ticks[1], yLow, yHigh)) {
    picture.append(draw("text", {x: frame.left - 4, y: upOf(y) + 3, "text-anchor": "end", fill: "#56646f", "font-size": 10}, text));
  }
  dots.forEach((dot, index) => {
    const box = labels[index];
    const nearX = Math.max(box.left, Math.min(box.right, dot.x));
    const nearY = Math.max(box.top, Math.min(box.bottom, dot.y));
    if (Math.hypot(nearX - dot.x, nearY - dot.y) > 14) {
      picture.append(draw("line", {x1: dot.x, y1: dot.y, x2: nearX, y2: nearY, stroke: "#1c2733", "stroke-width": 0.8}));
    }
    picture.append(draw("circle", {cx: dot.x, cy: dot.y, r: 4.5, fill: "#d55e00", stroke: "white", "stroke-width": 1.5}));
  });
  dots.forEach((dot, index) => {
    picture.append(draw("text", {x: labels[index].left + 2, y: labels[index].top + 11, fill: "#1c2733", stroke: "white", "stroke-width": 3,
                                 "paint-order": "stroke", "stroke-linejoin": "round", "font-weight": 600}, dot.name));
  });
  picture.append(draw("text", {x: (frame.left + frame.right) / 2, y: 330, "text-anchor": "middle", "font-weight": 600}, xName),
                 draw("text", {x: 0, y: 0, transform: `translate(9 ${(frame.top + frame.bottom) / 2}) rotate(-90)`, "text-anchor": "middle",
                               "font-weight": 600}, yName));
  return make("figure", {}, make("figcaption", {}, make("h3", {}, `${xName} \u00D7 ${yName}`),
      make("small", {}, [gate.parent && `within ${subsetName(gate.parent)}`, gate.panel && `panel ${gate.panel}`].filter(Boolean).join(" \u00B7 "))), picture);
}
