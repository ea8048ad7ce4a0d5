// All events in one plane, and the map's nodes as a tree of stars.

const kMapPixels = 1120, kMapUnits = 560;

/// As many colours as there are things, neighbours far apart.
function manyColours(number) {
  return [...Array(number).keys()].map((index) => {
    const light = isDark() ? [66, 76, 58][index % 3] : [42, 55, 33][index % 3];
    return `hsl(${Math.round(index * 137.508) % 360} ${[72, 58, 85][index % 3]}% ${light}%)`;
  });
}

const kViridis = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

/// What each event is coloured by: {of(i) -> key, key -> colour, entries [[text, colour]]}; a marker has a scale instead.
function colouringOf(cloud, by, points) {
  const marker = cloud.packed.markers.some(([name]) => name === by);
  if (marker) {
    const {axis, values} = cloud.marker(by);
    const stops = kViridis.map((_, index) => `rgb(${mixed(kViridis, index / 4).join(" ")})`);
    return {of: (i) => Math.round(values[i] * 24), colour: (level) => `rgb(${mixed(kViridis, level / 24).join(" ")})`,
            legend: make("p", {class: "scale note"}, `${by}: low`, make("i", {style: `background:linear-gradient(90deg,${stops.join(",")})`}), "high"), axis};
  }
  const keyOf = by === "subset" ? (i) => cloud.subset[i] : (i) => sampleFacts[cloud.sample[i]]?.[by] || "";
  const rank = (key) => by === "subset" ? rankOf.get(key) ?? 1e6 : by === "visit" ? results.visits.indexOf(key) : 0;
  const keys = unique(points.map(keyOf)).sort((one, other) => rank(one) - rank(other));
  const colours = new Map(keys.map((key, index) => [key, key === "" ? (isDark() ? "#4a525a" : "#c3cad0") : manyColours(keys.length)[index]]));
  const text = (key) => by === "subset" ? (key ? subsetName(key) : "no name") : key || "not given";
  return {of: keyOf, colour: (key) => colours.get(key), text,
          legend: make("div", {class: "key dense"}, keys.map((key) => make("span", {}, make("i", {style: `background:${colours.get(key)}`}), text(key))))};
}

/// The square that holds the points: all of the plane, or closer where a subset is looked at.
function windowOf(cloud, points) {
  if (!state.get("subset") || points.length < 5) return {x: 0, y: 0, side: 1};
  const ends = [0, 1].map((axis) => {
    const values = points.map((i) => cloud.places[2 * i + axis]).sort((a, b) => a - b);
    return [quantile(values, 0.005), quantile(values, 0.995)];
  });
  const side = Math.min(1, 1.15 * Math.max(0.05, ...ends.map(([low, high]) => high - low)));
  const [x, y] = ends.map(([low, high]) => Math.max(0, Math.min(1 - side, (low + high - side) / 2)));
  return {x, y, side};
}

/// The places of labels: on the event of a subset that lies nearest to its median, so that the dot is among its cells.
function mapLabels(cloud, points, at) {
  const bySubset = new Map();
  for (const i of points) {
    if (cloud.subset[i]) (bySubset.get(cloud.subset[i]) || bySubset.set(cloud.subset[i], []).get(cloud.subset[i])).push(i);
  }
  const weight = (own) => own.reduce((sum, i) => sum + cloud.weight[i], 0);
  return [...bySubset].sort((one, other) => weight(other[1]) - weight(one[1])).slice(0, 22).map(([subset, own]) => {
    const [x, y] = [0, 1].map((axis) => median(own.map((i) => cloud.places[2 * i + axis])));
    const far = (i) => Math.hypot(cloud.places[2 * i] - x, cloud.places[2 * i + 1] - y);
    const nearest = own.reduce((best, i) => far(i) < far(best) ? i : best, own[0]);
    const [left, top] = at(nearest);
    return {name: fitted(subsetName(subset), 170, 11), x: kMapUnits * left, y: kMapUnits * top};
  });
}

function mapFigure(cloud, by, title, numbers, hasLabels) {
  const points = pointsWithin(cloud, state.get("subset") || "", numbers);
  const colouring = colouringOf(cloud, by, points);
  const seen = windowOf(cloud, points);
  const at = (i) => [(cloud.places[2 * i] - seen.x) / seen.side, 1 - (cloud.places[2 * i + 1] - seen.y) / seen.side];
  const canvas = make("canvas", {width: kMapPixels, height: kMapPixels});
  const context = canvas.getContext("2d");
  const size = points.length > 6000 ? 3 : 4;
  const order = points.map((_, index) => index).sort((one, other) => scatter(one) - scatter(other));  // none lies on top because it comes last
  for (const index of order) {
    const i = points[index];
    context.fillStyle = colouring.colour(colouring.of(i));
    const [left, top] = at(i);
    context.fillRect(left * kMapPixels - size / 2, top * kMapPixels - size / 2, size, size);
  }
  const svg = draw("svg", {viewBox: `0 0 ${kMapUnits} ${kMapUnits}`, role: "img", "aria-label": `${title}: map of the events, coloured by ${by}`});
  svg.append(draw("rect", {x: 0, y: 0, width: kMapUnits, height: kMapUnits, class: "plane"}));
  const image = (href, x, y, side) => draw("image", {href, x, y, width: side, height: side, preserveAspectRatio: "none"});
  const bins = cloud.packed.bins;
  if (bins) {
    const side = kMapUnits / seen.side;
    svg.append(image(densityImage(unpackCounts(cloud.packed.density, bins * bins), bins, kGrey), -seen.x * side, (seen.y + seen.side - 1) * side, side));
  }
  svg.append(image(canvas.toDataURL(), 0, 0, kMapUnits));
  if (hasLabels) {
    const dots = mapLabels(cloud, points, at);
    const boxes = placeLabels(dots, {left: 0, right: kMapUnits, top: 0, bottom: kMapUnits});
    dots.forEach((dot, index) => {
      const box = boxes[index];
      if (!box) return;
      const nearX = Math.max(box.left, Math.min(box.right, dot.x)), nearY = Math.max(box.top, Math.min(box.bottom, dot.y));
      if (Math.hypot(nearX - dot.x, nearY - dot.y) > 12) svg.append(stroke(dot.x, dot.y, nearX, nearY, "leader"));
      svg.append(draw("circle", {cx: dot.x, cy: dot.y, r: 2.5, class: "dot"}));
    });
    dots.forEach((dot, index) => boxes[index] && svg.append(halo(boxes[index].left + 3, boxes[index].top + 11, dot.name, {"font-size": 11, "font-weight": 600})));
  }
  return {figure: chartFigure(title, [`${count(points.length)} events sampled; grey: density of all events`, doubtsAmong(numbers)], false, svg), legend: colouring.legend};
}

function eventMap() {
  const place = make("div");
  const controls = make("div", {class: "controls"});
  const show = () => {
    const panels = results.sampled_events.filter(({map}) => map);
    const panel = panels.some((one) => one.panel === state.get("mappanel")) ? state.get("mappanel") : panels[0].panel;
    const cloud = cloudOf(panel);
    const hasNames = cloud.subset.some(Boolean);
    const known = (name) => unique(sampleFacts.map((facts) => facts[name]).filter(Boolean)).length > 1;
    const ways = [...(hasNames ? [["subset", "subset"]] : []), ...["patient", "visit", "group"].filter(known).map((name) => [name, name]),
                  ...cloud.packed.markers.map(([name]) => [name, `marker ${name}`])];
    const by = ways.some(([way]) => way === state.get("colour")) ? state.get("colour") : ways[0][0];
    const side = state.get("mapside") || "all";
    const set = (name) => (value) => { remember(name, value); show(); };
    controls.replaceChildren(...[panels.length > 1 ? picker("Panel", panels.map((one) => [one.panel, one.panel]), panel, set("mappanel")) : null,
                                 picker("Colour", ways, by, set("colour")), picker("Side by side", kSides, side, set("mapside"))].filter(Boolean));
    place.replaceChildren();
    const sides = sidesOf(samplesShown(unique([...cloud.sample])), side);
    if (sides.length === 0) { place.append(make("p", {class: "empty"}, "No sample of this panel passes the filter.")); return; }
    const first = mapFigure(cloud, by, sides[0][0], sides[0][1], by === "subset" && sides.length === 1);
    if (sides.length === 1) place.append(make("div", {class: "beside"}, first.figure, first.legend));
    else place.append(first.legend);
    if (sides.length > 1) sideBySide(place, sides, (title, own) => mapFigure(cloud, by, title, own, false).figure);
    addExports(place);
  };
  return make("div", {}, controls, whenSeen(place, show), starTrees());
}

/// The tree of one map: the angle of a ray is its marker, the length its level; behind it the colour of the metacluster's subset.
function starTree(tree) {
  const places = unpackPlaces(tree.places);
  const levels = unpackShares(tree.values);
  const unit = 700 / (tree.side || 1), margin = 24;
  const at = (node) => [margin + 700 * places[2 * node], margin + 700 * (1 - places[2 * node + 1])];
  const most = Math.log1p(Math.max(...tree.events, 1));
  const radius = (node) => Math.max(2, 0.62 * unit * (0.35 + 0.65 * Math.log1p(tree.events[node]) / most));
  const rowOf = new Map(kWhole.clusters.map((row) => [row.metacluster, row]));
  const subsets = unique(tree.metaclusters.map((id) => rowOf.get(id)?.name || ""));
  const colours = manyColours(subsets.length);
  const svg = draw("svg", {viewBox: `0 0 ${700 + 2 * margin} ${700 + 2 * margin}`, role: "img",
                           "aria-label": `Tree of the ${tree.events.length} nodes of ${tree.map ? subsetName(tree.map) : "all events"}; each star shows its markers`});
  const edges = [];
  for (let i = 0; i < tree.edges.length; i += 2) edges.push(`M${at(tree.edges[i]).map((v) => v.toFixed(1)).join(" ")}L${at(tree.edges[i + 1]).map((v) => v.toFixed(1)).join(" ")}`);
  svg.append(draw("path", {d: edges.join(""), class: "edges"}));
  const markers = tree.markers.length;
  const rays = manyColours(markers);
  tree.events.forEach((events, node) => {
    const [x, y] = at(node);
    const row = rowOf.get(tree.metaclusters[node]);
    svg.append(draw("circle", {cx: x.toFixed(1), cy: y.toFixed(1), r: radius(node).toFixed(1), class: "node", style: `fill:${colours[subsets.indexOf(row?.name || "")]}`},
                    draw("title", {}, `node ${node}, metacluster ${tree.metaclusters[node]}${row?.name ? `: ${row.name}` : ""}, ${count(events)} events`)));
  });
  for (let m = 0; m < markers; ++m) {
    const paths = tree.events.map((_, node) => {
      const [x, y] = at(node);
      const length = radius(node) * levels[node * markers + m];
      const [from, to] = [m, m + 1].map((step) => 2 * Math.PI * step / markers);
      const tip = (angle) => `${(x + length * Math.sin(angle)).toFixed(1)} ${(y - length * Math.cos(angle)).toFixed(1)}`;
      return `M${x.toFixed(1)} ${y.toFixed(1)}L${tip(from)}A${length.toFixed(1)} ${length.toFixed(1)} 0 0 1 ${tip(to)}z`;
    });
    svg.append(draw("path", {d: paths.join(""), class: "ray", style: `fill:${rays[m]}`}));
  }
  const key = (title, entries) => make("div", {class: "key dense"}, make("b", {}, title), entries.map(([text, colour, pale]) =>
      make("span", {}, make("i", {style: `background:${colour};opacity:${pale ? 0.4 : 1}`}), text)));
  return make("div", {}, key("Rays, clockwise from the top:", tree.markers.map((marker, m) => [marker, rays[m]])),
              key("Behind:", subsets.map((name, index) => [name || "no name", colours[index], true])),
              make("div", {class: "single"}, chartFigure(`Tree of ${tree.map ? subsetName(tree.map) : "all events"}${results.sampled_events.length > 1 ? `, ${panelWords(tree.panel)}` : ""}`,
                  `${count(tree.events.length)} nodes, joined by the shortest tree; the larger, the more events (log scale)`, false, svg)));
}

function starTrees() {
  const trees = results.node_trees.filter(({places}) => places.length);
  if (trees.length === 0) return null;
  const place = make("div");
  const title = (tree) => [trees.some((one) => one.panel !== tree.panel) ? panelWords(tree.panel) : "", tree.map ? subsetName(tree.map) : "all events"].filter(Boolean).join(": ");
  const controls = make("div", {class: "controls"});
  const show = () => {
    const index = Number(state.get("tree") || 0);
    controls.replaceChildren(picker("Map", trees.map((tree, number) => [String(number), title(tree)]), String(index), (value) => { remember("tree", value); show(); }));
    place.replaceChildren(starTree(trees[index] || trees[0]));
    addExports(place);
  };
  const details = make("details", {}, make("summary", {}, "The nodes of the maps as trees"), make("br"), controls, place);
  if (state.get("tree")) details.open = true;
  details.addEventListener("toggle", () => { if (details.open && !place.hasChildNodes()) show(); });
  if (details.open) show();
  return details;
}
