// How the page is used: filter, search, links, pictures side by side, exports, and without a mouse or eyes.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "host/core/shown_scale.hpp"
#include "tests/report/browser.hpp"
#include "tests/report/fake_trial.hpp"

namespace gateless::report {
namespace {

using nlohmann::json;

TEST(PageUse, AFilterChangesWhatIsShownAndGoesAgain) {
  NEEDS_CHROMIUM();
  const json found = probe("filter", fake_trial(), R"(
    const heads = () => [...document.querySelectorAll("#calls .calls thead th")].map((head) => head.textContent);
    const patients = () => unique([...document.querySelectorAll("#abundance tbody tr")].map((row) => row.cells[1].textContent));
    const whole = document.querySelector("main").textContent;
    const before = heads().length;
    remember("patient", "P2"); redraw();
    const one = {heads: heads(), patients: patients(), address: location.hash, words: document.getElementById("shown").textContent};
    remember("patient", ""); remember("subset", "b_dn"); redraw();
    const subsets = unique(abundance.map((row) => row.subset)).sort();
    document.querySelector("#filter .clear").click();
    return {before, one, subsets, same: document.querySelector("main").textContent === whole};)");
  EXPECT_EQ(found["before"], 7 * 2);  // primary and secondary together, and the others
  for (const json& head : found["one"]["heads"]) EXPECT_TRUE(head == "Subset" || head == "P2");
  EXPECT_EQ(found["one"]["patients"], json::array({"P2"}));
  EXPECT_EQ(found["one"]["address"], "#?patient=P2");
  EXPECT_EQ(found["one"]["words"], "Showing only P2.");
  EXPECT_EQ(found["subsets"], json::array({"b_dn", "b_dn1", "b_dn2", "b_dn3"}));
  EXPECT_TRUE(found["same"].get<bool>());
}

TEST(PageUse, SearchKeepsTheRowsThatHaveTheWords) {
  NEEDS_CHROMIUM();
  const json found = probe("search", fake_trial(), R"(
    const input = document.querySelector("#filter input[type=search]");
    input.value = "treg";
    input.dispatchEvent(new Event("input"));
    await new Promise((done) => setTimeout(done, 400));
    return {subsets: unique(abundance.map((row) => row.subset)).sort(), hidden: document.getElementById("gates").hidden,
            links: [...document.querySelectorAll("#contents a")].map((link) => link.textContent)};)");
  EXPECT_EQ(found["subsets"], json::array({"treg", "treg_helios"}));
  EXPECT_TRUE(found["hidden"].get<bool>());
  EXPECT_EQ(found["links"].dump().find("Gates"), std::string::npos);
}

TEST(PageUse, ALinkOpensWithItsFilter) {
  NEEDS_CHROMIUM();
  const json found = probe("link", fake_trial(), R"(
    return {patients: unique(abundance.map((row) => row.patient)), top: document.getElementById("abundance").getBoundingClientRect().top};)",
                           "#abundance?patient=P3");
  EXPECT_EQ(found["patients"], json::array({"P3"}));
  EXPECT_LT(found["top"].get<double>(), 200.0);
}

TEST(PageUse, MarkersWithinTheSubsetsHaveATableOfTheirOwn) {
  NEEDS_CHROMIUM();
  const json found = probe("states", fake_trial(), R"(
    const cells = () => [...document.querySelectorAll("#states td.level")];
    const sure = cells().filter((cell) => cell.querySelector(".sure"));
    const all = cells().length;
    document.querySelector("#states .choice button").click();
    const other = cells().filter((cell) => cell.querySelector(".sure"))[0].title;
    remember("subset", "b_dn"); redraw();
    return {all, sure: sure.map((cell) => cell.textContent), title: sure[0].title, other, few: cells().length,
            line: document.querySelector("#answer").textContent.includes("CD95 lower in"),
            csv: csvText(document.querySelector("#states table")).split("\r\n")[0]};)");
  EXPECT_EQ(found["sure"], json::array({"−0.80"}));
  EXPECT_NE(found["title"].get<std::string>().find("CD95: 2.00 → 1.20"), std::string::npos)
      << found["title"];
  EXPECT_NE(found["title"].get<std::string>().find("lower in 6 of 6 patients"), std::string::npos);
  EXPECT_NE(found["other"].get<std::string>().find("q 0.040"), std::string::npos) << found["other"];
  EXPECT_LT(found["few"].get<int>(), found["all"].get<int>());
  EXPECT_TRUE(found["line"].get<bool>());
  EXPECT_EQ(found["csv"],
            "subset,marker,comparison,patients,median_before,median_after,change,low,high,spread,"
            "up,down,p,q");
}

TEST(PageUse, AStatementLeadsToItsCells) {
  NEEDS_CHROMIUM();
  const json found = probe("see", fake_trial(), R"(
    const href = document.querySelector("#answer .see a").getAttribute("href");
    location.hash = href;
    await new Promise((done) => setTimeout(done, 200));
    return {href, dots: document.querySelectorAll("#pictures .cells").length};)");
  EXPECT_EQ(found["href"], "#pictures?gate=0&mark=b_dn");
  EXPECT_EQ(found["dots"], 4);
}

TEST(PageUse, EvidenceStandsSideBySideAndHasItsFractions) {
  NEEDS_CHROMIUM();
  const json found = probe("evidence", fake_trial(), R"(
    const titles = () => [...document.querySelectorAll("#pictures .grid.small")][0].querySelectorAll("h3");
    const groups = [...titles()].map((title) => title.textContent);
    const label = document.querySelector("#pictures svg[role=img]").getAttribute("aria-label");
    remember("side", "sample"); redraw();
    const samples = titles().length;
    remember("gate", "any"); remember("x", "CD21"); remember("y", "CD11c"); remember("parent", "b_cell"); remember("mark", "b_dn"); redraw();
    const free = document.querySelector("#pictures svg[role=img]");
    return {groups, label, samples, free: free.getAttribute("aria-label"), dots: free.querySelectorAll(".cells").length};)");
  EXPECT_EQ(found["groups"], json::array({"lupus, baseline", "lupus, week 4", "lupus, week 24",
                                          "healthy, baseline"}));
  EXPECT_NE(found["label"].get<std::string>().find("Double-negative (DN) B cells 2"),
            std::string::npos)
      << found["label"];
  EXPECT_EQ(found["samples"], 24);
  EXPECT_NE(found["free"].get<std::string>().find("CD21 against CD11c"), std::string::npos);
  EXPECT_EQ(found["dots"], 1);
}

TEST(PageUse, LabelsOfPicturesDoNotOverlap) {
  NEEDS_CHROMIUM();
  const json found = probe("labels", fake_trial(), R"(
    let clashes = 0, labels = 0, outside = 0;
    for (const svg of document.querySelectorAll("#pictures svg[role=img], #map svg[role=img]")) {
      const boxes = [...svg.querySelectorAll(".parttext, .halo")].filter((text) => text.textContent).map((text) => text.getBBox());
      const frame = svg.viewBox.baseVal;
      labels += boxes.length;
      boxes.forEach((one, index) => {
        if (one.x < 0 || one.x + one.width > frame.width + 1 || one.y < 0) ++outside;
        for (const other of boxes.slice(index + 1)) {
          if (one.x < other.x + other.width - 1 && other.x < one.x + one.width - 1 &&
              one.y + 3 < other.y + other.height && other.y + 3 < one.y + one.height) ++clashes;
        }
      });
    }
    return {clashes, labels, outside};)");
  EXPECT_GT(found["labels"], 30);
  EXPECT_EQ(found["clashes"], 0);
  EXPECT_EQ(found["outside"], 0);
}

TEST(PageUse, TheMapIsColouredByEachWordAndMarker) {
  NEEDS_CHROMIUM();
  const json found = probe("map", fake_trial(), R"(
    const pictures = [];
    for (const colour of ["subset", "patient", "visit", "group", "CD27"]) {
      remember("colour", colour); redraw();
      pictures.push([...document.querySelectorAll("#map image")].pop().getAttribute("href"));
    }
    remember("tree", "1"); redraw();
    return {different: unique(pictures).length, rays: document.querySelectorAll("#map .ray").length,
            nodes: document.querySelectorAll("#map .node").length};)");
  EXPECT_EQ(found["different"], 5);
  EXPECT_EQ(found["rays"], 3);
  EXPECT_GT(found["nodes"], 5);
}

TEST(PageUse, AGateIsDrawnOnItsCellsOnTheScaleOfThePictures) {
  NEEDS_CHROMIUM();
  Results results = fake_trial();
  const Transform logicle{
      .kind = TransformKind::kLogicle, .t = 262144, .w = 0.6, .m = 4.5, .a = 0.3};
  const Transform arcsinh{.kind = TransformKind::kArcsinh, .cofactor = 150};
  results.channels = {
      {"B", "FL1-A", "IgD", "IgD", "marker", "logicle(T=262144, W=0.6, M=4.5, A=0.3)", ""},
      {"B", "FL2-A", "CD27", "CD27", "marker", "arcsinh(150)", ""}};
  GateRow& gate = results.gates[0];
  gate.subset = "b_dn", gate.name = "DN";
  gate.x_marker = "IgD", gate.x_low = {}, gate.x_high = 900.0;
  gate.y_marker = "CD27", gate.y_low = {}, gate.y_high = 1500.0;
  const json found = probe("gate", results, R"js(
    const scales = ["logicle(T=262144, W=0.6, M=4.5, A=0.3)", "arcsinh(150)"].map((words) => [-500, 0, 900, 1e5].map(shownScale(words)));
    document.querySelector("#gates tbody details").open = true;
    await new Promise((done) => setTimeout(done, 300));
    const gate = document.querySelector("#gates rect.gate");
    return {scales, none: shownScale(""), width: Number(gate.getAttribute("width")), cells: document.querySelectorAll("#gates .cells").length,
            saves: document.querySelectorAll("#gates figure .exports").length};)js");
  const std::array<double, 4> linear = {-500.0, 0.0, 900.0, 1e5};
  for (std::size_t i = 0; i < linear.size(); ++i) {
    EXPECT_NEAR(found["scales"][0][i].get<double>(), 4.5 * gating_ml_value(logicle, linear[i]),
                1e-9);
    EXPECT_NEAR(found["scales"][1][i].get<double>(), gating_ml_value(arcsinh, linear[i]), 1e-9);
  }
  EXPECT_TRUE(found["none"].is_null());
  // The axis of IgD goes from -0.5 to 4.5 over 280 units.
  EXPECT_NEAR(found["width"].get<double>(),
              280.0 * (4.5 * gating_ml_value(logicle, 900.0) + 0.5) / 5.0, 0.1);
  EXPECT_EQ(found["cells"], 1);
  EXPECT_EQ(found["saves"], 1);
}

TEST(PageUse, ExportsAreValidFiles) {
  NEEDS_CHROMIUM();
  for (const auto& [name, results] :
       {std::pair("exports", fake_trial()), std::pair("hostile_exports", hostile_trial())}) {
    const json found = probe(name, results, R"(
      document.documentElement.dataset.theme = "dark"; redraw();
      const pictures = [...document.querySelectorAll("figure.saves svg[role=img]")];
      const without = [...document.querySelectorAll("figure")].filter((figure) => !figure.querySelector(".exports")).length;
      const texts = pictures.slice(0, 12).concat(pictures.slice(-4)).map(svgText);
      const bad = texts.filter((text) => {
        const document = new DOMParser().parseFromString(text, "image/svg+xml");
        return document.querySelector("parsererror") || document.querySelector("script") || text.includes("var(--") || text.includes("class=");
      }).length;
      const png = new Uint8Array(await (await pngBlob(pictures[0])).arrayBuffer());
      const tables = [...document.querySelectorAll(".scroll.saves table")].map((table) => csvText(table));
      return {pictures: pictures.length, without, bad, png: [...png.slice(0, 4)], size: png.length, tables,
              plain: [...document.querySelectorAll("table")].filter((table) => !table.closest(".saves")).length};)");
    EXPECT_GT(found["pictures"], 20);
    EXPECT_EQ(found["without"], 0);
    EXPECT_EQ(found["bad"], 0);
    EXPECT_EQ(found["png"], json::array({0x89, 'P', 'N', 'G'}));
    EXPECT_GT(found["size"], 5000);
    EXPECT_EQ(found["plain"], 0);
    ASSERT_GT(found["tables"].size(), 6U);
    for (const json& table : found["tables"]) {
      // RFC 4180: each record has as many fields as the header.
      std::vector<std::size_t> fields{1};
      bool is_quoted = false;
      const auto text = table.get<std::string>();
      for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') is_quoted = !is_quoted;
        if (is_quoted) continue;
        if (text[i] == ',') ++fields.back();
        if (text[i] == '\n' && i + 1 < text.size()) fields.push_back(1);
      }
      EXPECT_FALSE(is_quoted);
      EXPECT_GT(fields.size(), 1U);
    }
  }
}

TEST(PageUse, ANumberInACsvIsTheWholeNumber) {
  NEEDS_CHROMIUM();
  const json found = probe("csv", fake_trial(), R"(
    const text = csvText(document.querySelector("#abundance table"));
    return {lines: text.split("\r\n").slice(0, 2), first: abundance[0], field: [csvField("=1+1"), csvField('a"b,c'), csvField(0.1)]};)");
  const auto line = found["lines"][1].get<std::string>();
  EXPECT_NE(line.find(found["first"]["fraction_of_parent"].dump()), std::string::npos) << line;
  EXPECT_EQ(found["field"], json::array({"'=1+1", "\"a\"\"b,c\"", "0.1"}));
}

TEST(PageUse, StaysLight) {
  NEEDS_CHROMIUM();
  const json found =
      probe("heap", large_trial(), "return {heap: performance.memory.usedJSHeapSize};");
  EXPECT_LT(found["heap"].get<double>(), 100e6);
}

/// What pdftoppm makes of a page: grey pixels.
struct PrintedPage {
  std::size_t width = 0, height = 0;
  std::string pixels;

  explicit PrintedPage(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string magic;
    std::size_t white = 0;
    file >> magic >> width >> height >> white;
    file.get();
    pixels.assign(std::istreambuf_iterator<char>(file), {});
  }
  /// Pixels that are not white, from the column `first` on.
  [[nodiscard]] std::size_t ink(std::size_t first = 0) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < pixels.size(); ++i)
      found += i % width >= first && static_cast<unsigned char>(pixels[i]) < 245 ? 1U : 0U;
    return found;
  }
};

std::vector<PrintedPage> pages_of(const std::string& pdf) {
  const std::filesystem::path folder = std::filesystem::path(pdf).replace_extension("pages");
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const std::string command =
      "pdftoppm -gray -r 48 '" + pdf + "' '" + (folder / "page").string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::vector<PrintedPage> pages;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    pages.emplace_back(entry.path());
  return pages;
}

TEST(PageUse, PrintsWithoutABlankPageOrACutAtTheRight) {
  NEEDS_CHROMIUM();
  if (!std::filesystem::exists("/usr/bin/pdftoppm"))
    GTEST_SKIP() << "pdftoppm was not found; install poppler-utils";
  for (const auto& [name, results] :
       {std::pair("print", fake_trial()), std::pair("hostile_print", hostile_trial())}) {
    const std::string pdf = printed(name, results);
    ASSERT_FALSE(pdf.empty());
    const std::vector<PrintedPage> pages = pages_of(pdf);
    EXPECT_GT(pages.size(), 5U);
    for (const PrintedPage& page : pages) {
      ASSERT_EQ(page.pixels.size(), page.width * page.height);
      EXPECT_GT(page.ink(), 200U);                     // three lines of text are more
      EXPECT_EQ(page.ink(page.width * 97 / 100), 0U);  // the margin
    }
  }
}

TEST(PageUse, NoPictureIsLongerThanASheet) {
  NEEDS_CHROMIUM();
  const json found = probe("sheets", fake_trial(), R"(
    const frame = document.createElement("style");
    frame.textContent = "main, header { width: 718px !important; }";  // of A4 between its margins
    document.head.append(frame);
    return [...document.querySelectorAll("figure")].map((figure) => figure.getBoundingClientRect().height);)");
  ASSERT_GT(found.size(), 20U);
  for (const json& height : found) EXPECT_LT(height.get<double>(), 1040.0);
}

TEST(PageUse, WhatIsFarFromTheScreenIsDrawnWhenItIsSeen) {
  NEEDS_CHROMIUM();
  const Opened report = opened("waiting", fake_trial(), "", R"(
    const before = [waiting.size, document.querySelectorAll("#map image").length];
    document.getElementById("map").scrollIntoView();
    for (let i = 0; i < 50 && waiting.size; ++i) await new Promise((done) => setTimeout(done, 100));
    return {before, after: [waiting.size, document.querySelectorAll("#map image").length]};)",
                               Drawn::kWhenSeen);
  const json found = json::parse(decoded(report.probe));
  EXPECT_EQ(found["before"], json::array({1, 0}));
  EXPECT_EQ(found["after"][0], 0);
  EXPECT_GE(found["after"][1], 1);
}

/// axe.min.js, which is no part of the project: the one that scripts/setup installs, or that of GATELESS_AXE.
std::filesystem::path axe_script() {
  if (const char* chosen = std::getenv("GATELESS_AXE")) return chosen;
  const std::filesystem::path libraries = GATELESS_SOURCE_DIR "/build/test-tools/lib";
  std::error_code none;
  for (const auto& python : std::filesystem::directory_iterator(libraries, none)) {
    const auto script = python.path() / "site-packages" / "axe_core_python" / "axe.min.js";
    if (std::filesystem::exists(script)) return script;
  }
  return {};
}

TEST(PageUse, AxeFindsNothing) {
  NEEDS_CHROMIUM();
  const std::filesystem::path path = axe_script();
  if (path.empty()) GTEST_SKIP() << "axe-core was not found; scripts/setup installs it";
  std::stringstream axe;
  axe << std::ifstream(path).rdbuf();
  for (const char* theme : {"light", "dark"}) {
    const json found = probe(std::string("axe_") + theme, fake_trial(),
                             axe.str() + "\ndocument.documentElement.dataset.theme = \"" + theme +
                                 R"("; redraw();
      for (const details of document.querySelectorAll("details")) details.open = true;
      await new Promise((done) => setTimeout(done, 200));
      const {violations} = await axe.run(document, {resultTypes: ["violations"]});
      return violations.map(({id, nodes}) => `${id}: ${nodes.length}, ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);)");
    EXPECT_EQ(found, json::array()) << theme << ": " << found.dump(1);
  }
}

}  // namespace
}  // namespace gateless::report
