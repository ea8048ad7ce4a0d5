// What leaves the page: every picture as SVG and PNG, every table as CSV.

const kCopied = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "fill-opacity", "stroke-opacity",
                 "font-size", "font-weight", "font-family", "text-anchor", "paint-order", "display"];

/// Draws as on paper while `work` runs: dark colours are for the screen.
function inLight(work) {
  const root = document.documentElement;
  const theme = root.dataset.theme;
  root.dataset.theme = "light";
  try { return work(); } finally { root.dataset.theme = theme; }
}

/// A picture as a file of its own: what style sheets say stands in each element.
function svgText(svg) {
  return inLight(() => {
    const copy = svg.cloneNode(true);
    const from = [svg, ...svg.querySelectorAll("*")];
    const to = [copy, ...copy.querySelectorAll("*")];
    from.forEach((element, index) => {
      const style = getComputedStyle(element);
      const kept = kCopied.map((name) => [name, style.getPropertyValue(name)]).filter(([, value]) => value && value !== "normal" && value !== "auto");
      to[index].removeAttribute("class");
      if (element.tagName !== "title") to[index].setAttribute("style", kept.map(([name, value]) => `${name}:${value}`).join(";"));
    });
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    copy.prepend(draw("rect", {width, height, fill: "#ffffff"}));
    return new XMLSerializer().serializeToString(copy);
  });
}

/// The same as pixels, three for each unit.
async function pngBlob(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  const canvas = make("canvas", {width: 3 * image.width, height: 3 * image.height});
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

/// RFC 4180. Text that a spreadsheet would take for a formula gets an apostrophe in front.
function csvField(value) {
  if (missing(value)) return "";
  if (typeof value === "number") return String(value);
  const text = String(value).replace(/^(?=[=+@\t\r])/, "'");
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, "\"\"")}"` : text;
}

function cellText(cell) {
  const copy = cell.cloneNode(true);
  for (const line of copy.querySelectorAll("br, p, details")) line.before(" ");
  return copy.textContent.replace(/\s+/g, " ").trim() || cell.title || "";
}

/// A table knows its rows where it sorts and shows only some; else what stands in it.
function csvText(table) {
  const rows = table.allRows ? table.allRows() : [...table.rows].map((row) => [...row.cells].map(cellText));
  return rows.map((row) => row.map(csvField).join(",")).join("\r\n") + "\r\n";
}

function save(name, blob) {
  const link = make("a", {href: URL.createObjectURL(blob), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function fileName(text, ending) {
  return `${text.normalize("NFKD").replace(/[^A-Za-z0-9+.-]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 80) || "gateless"}.${ending}`;
}

function exportButton(text, what, work) {
  const button = make("button", {type: "button", "aria-label": `${what} as ${text}`}, text);
  button.addEventListener("click", work);
  return button;
}

/// Puts buttons beside all pictures and tables that have none yet.
function addExports(place) {
  for (const figure of place.querySelectorAll("figure:not(.saves)")) {
    const svg = figure.querySelector("svg[viewBox][role=img]");
    if (!svg) continue;
    figure.classList.add("saves");
    const title = [figure.querySelector("h3")?.textContent, figure.querySelector("small")?.textContent].filter(Boolean).join(" ");
    figure.append(make("div", {class: "exports"},
        exportButton("SVG", title, () => save(fileName(title, "svg"), new Blob([svgText(svg)], {type: "image/svg+xml"}))),
        exportButton("PNG", title, async () => save(fileName(title, "png"), await pngBlob(svg)))));
  }
  for (const scroll of place.querySelectorAll(".scroll:not(.saves)")) {
    const table = scroll.querySelector("table");
    if (!table) continue;
    scroll.classList.add("saves");
    const section = scroll.closest("section");
    const part = scroll.previousElementSibling?.matches("h3") ? `, ${scroll.previousElementSibling.textContent}` : "";
    const before = part ? 0 : [...section.querySelectorAll(".scroll.saves")].indexOf(scroll);
    const heading = `${section.querySelector("h2").textContent}${part}${before > 0 ? ` (${before + 1})` : ""}`;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", `Table: ${heading}`);
    scroll.after(make("div", {class: "exports"}, exportButton("CSV", `Table of ${heading}`,
        () => save(fileName(heading, "csv"), new Blob([csvText(table)], {type: "text/csv"})))));
  }
}
