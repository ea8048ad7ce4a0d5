// What was done: each step in words, channels, settings that the program chose, and a paragraph to paste.

function channelTable() {
  const rows = records(results.channels);
  const panels = unique(rows.map((row) => row.panel));
  const used = rows.filter((row) => row.role !== "not used" && row.role !== "pulse shape");
  const of = (panel) => used.filter((row) => !panel || row.panel === panel);
  const table = sortableTable([
    ...(panels.length > 1 ? [{title: "Panel", value: (row) => row.panel}] : []),
    {title: "Channel", value: (row) => row.channel},
    {title: "Stain", value: (row) => row.stain},
    {title: "Marker", value: (row) => row.marker, show: (row) => make("b", {}, row.marker)},
    {title: "Role", value: (row) => row.role},
    {title: "Transform", value: (row) => row.transform},
    {title: "Differs in", value: (row) => row.differs, wide: true},
  ], used);
  const controls = panels.length < 2 ? null : make("div", {class: "controls"},
      picker("Panel", [["", "all panels"], ...panels.map((panel) => [panel, panel])], "", (panel) => table.update(of(panel))));
  return make("div", {}, controls, table.element);
}

/// Files by how they were compensated, where they differ.
function compensationList() {
  const ways = new Map();
  for (const row of samplesQc) ways.set(row.compensation, [...(ways.get(row.compensation) || []), row.sample]);
  if (ways.size < 2) return null;
  return make("details", {}, make("summary", {}, "Compensation by file"),
              make("ul", {class: "warnings"}, [...ways].map(([way, files]) => make("li", {}, make("b", {}, way || "none"), `: ${files.join(", ")}`))));
}

function copyButton(text) {
  const button = make("button", {type: "button"}, "Copy");
  button.addEventListener("click", () => {
    const area = make("textarea", {}, text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");  // also from a file, where the clipboard of the browser is closed to pages
    area.remove();
    button.textContent = "Copied";
  });
  return button;
}

function whatWasDone() {
  const {steps, methods, citations, chosen} = results.done;
  const paragraph = [methods, ...citations.map((text, index) => `[${index + 1}] ${text}`)].join("\n");
  return make("div", {},
      make("dl", {class: "steps"}, steps.map(([title, text]) => [make("dt", {}, title), make("dd", {}, text)])),
      compensationList(),
      results.channels.rows.length ? [make("h3", {class: "map"}, "Channels"), channelTable()] : null,
      chosen.length ? [make("h3", {class: "map"}, "Settings left to the program, and what they became"),
                       make("dl", {}, chosen.map(([setting, became]) => [make("dt", {}, setting), make("dd", {}, became)]))] : null,
      make("h3", {class: "map"}, "Methods, to paste"),
      make("div", {class: "controls"}, copyButton(paragraph)),
      make("p", {class: "methods"}, methods),
      make("ol", {class: "methods"}, citations.map((text) => make("li", {}, text))));
}
