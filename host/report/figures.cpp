#include "host/report/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "host/core/packed_levels.hpp"
#include "host/report/svg_canvas.hpp"

namespace gateless::report {
namespace {

constexpr std::array<const char*, 8> kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                 "#333333", "#e69f00", "#56b4e9", "#8c6d1f"};

std::string file_word(const std::string& text) {
  std::string word;
  for (const char letter : text) {
    const bool is_plain = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                          (letter >= 'A' && letter <= 'Z') || letter == '-';
    word += is_plain ? letter : '_';
  }
  return word;
}

std::string name_of(const Results& results, const std::string& subset) {
  for (const AbundanceRow& row : results.abundance) {
    if (row.subset == subset) return row.name.empty() ? subset : row.name;
  }
  return subset;
}

/// Round ticks between 0 and a largest value.
std::vector<double> ticks_to(double high) {
  const double power = std::pow(10.0, std::floor(std::log10(high / 4.0)));
  double step = power;
  for (const double factor : {2.0, 5.0, 10.0}) {
    if (high / step > 6.0) step = factor * power;
  }
  std::vector<double> ticks;
  for (int i = 0; i * step <= high * (1.0 + 1e-9); ++i) ticks.push_back(i * step);
  return ticks;
}

struct Course {
  double events = 0.0, of = 0.0;
  Number low, high;
  int samples = 0;
};

/// One subset over the visits: a line for each patient with 95 % intervals, controls as grey dots before them.
std::string course_svg(const Results& results, const std::string& subset) {
  std::map<std::string, std::map<std::string, Course>> courses;  // patient -> visit
  std::map<std::string, std::size_t> panels;
  for (const AbundanceRow& row : results.abundance) {
    if (row.subset == subset && row.fraction_of_parent) ++panels[row.panel];
  }
  if (panels.empty()) return "";
  const std::string panel = std::max_element(panels.begin(), panels.end(), [](auto& a, auto& b) {
                              return a.second < b.second;
                            })->first;
  std::string parent;
  double highest = 0.0;
  for (const AbundanceRow& row : results.abundance) {
    if (row.subset != subset || row.panel != panel || !row.fraction_of_parent) continue;
    Course& course = courses[row.patient][row.visit];
    course.events += *row.fraction_of_parent * row.parent_events;
    course.of += row.parent_events;
    course.low = course.samples == 0 ? row.low : Number();
    course.high = course.samples == 0 ? row.high : Number();
    ++course.samples;
    parent = row.parent;
    highest = std::max({highest, *row.fraction_of_parent, row.high.value_or(0.0)});
  }
  if (!(highest > 0.0)) return "";
  std::map<std::string, std::string> group;
  for (const auto& [patient, word] : results.patient_groups) group[patient] = word;
  constexpr double kLeft = 60.0, kRight = 410.0, kTop = 40.0, kBottom = 260.0;
  SvgCanvas canvas(560.0, 300.0);
  canvas.text(kLeft, 18.0, name_of(results, subset), Anchor::kStart, 13.0, true);
  canvas.text(16.0, 0.5 * (kTop + kBottom), fmt::format("% of {}", name_of(results, parent)),
              Anchor::kMiddle, 10.0, false, true);
  const auto y_of = [&](double fraction) {
    return kBottom - fraction / highest * (kBottom - kTop);
  };
  for (const double tick : ticks_to(100.0 * highest)) {
    canvas.line(kLeft, y_of(tick / 100.0), kRight, y_of(tick / 100.0), "#dddddd");
    canvas.text(kLeft - 6.0, y_of(tick / 100.0) + 3.5, fmt::format("{:g}", tick), Anchor::kEnd);
  }
  std::vector<std::string> slots = {results.healthy_group};
  slots.insert(slots.end(), results.visits.begin(), results.visits.end());
  const double width = (kRight - kLeft) / static_cast<double>(slots.size());
  const auto x_of = [&](std::size_t slot) {
    return kLeft + width * (static_cast<double>(slot) + 0.5);
  };
  for (std::size_t slot = 0; slot < slots.size(); ++slot)
    canvas.text(x_of(slot), kBottom + 18.0, slots[slot], Anchor::kMiddle);
  std::size_t shown = 0, controls = 0;
  for (const auto& [patient, visits] : courses) {
    if (group[patient] == results.healthy_group) {
      for (const auto& [visit, course] : visits) {
        const double aside = 0.04 * width * (static_cast<double>(controls++ % 15) - 7.0);
        canvas.circle(x_of(0) + aside, y_of(course.events / course.of), 2.6, "#8a949c");
      }
      continue;
    }
    const char* const colour = kColours[shown % kColours.size()];
    double last_x = 0.0, last_y = 0.0;
    bool is_first = true;
    for (std::size_t slot = 1; slot < slots.size(); ++slot) {
      const auto found = visits.find(slots[slot]);
      if (found == visits.end()) continue;
      const Course& course = found->second;
      const double x = x_of(slot) + 2.5 * (static_cast<double>(shown % 9) - 4.0);
      const double y = y_of(course.of > 0.0 ? course.events / course.of : 0.0);
      if (!is_first) canvas.line(last_x, last_y, x, y, colour, 1.6);
      if (course.low && course.high)
        canvas.line(x, y_of(*course.low), x, y_of(*course.high), colour, 0.9);
      canvas.circle(x, y, 3.2, colour);
      last_x = x;
      last_y = y;
      is_first = false;
    }
    canvas.circle(430.0, kTop + 15.0 * static_cast<double>(shown), 3.2, colour);
    canvas.text(440.0, kTop + 3.5 + 15.0 * static_cast<double>(shown), patient);
    ++shown;
  }
  return canvas.finish();
}

/// What packed_counts() wrote.
std::vector<double> unpacked(const std::string& text, std::size_t bins) {
  std::array<int, 128> level{};
  for (int i = 0; i < kPackedLevels; ++i) level[static_cast<std::size_t>(packed_level(i))] = i;
  std::vector<double> counts(bins * bins, 0.0);
  std::size_t at = 0;
  for (const char letter : text) {
    const int own = level[static_cast<unsigned char>(letter) & 127U];
    if (own > kTopPackedCount) {
      at += static_cast<std::size_t>(own - kTopPackedCount);
      continue;
    }
    if (own > 0 && at < counts.size()) counts[at] = std::exp((own - 1.0) / 4.0);
    ++at;
  }
  return counts;
}

std::string density_colour(double share) {
  const auto mix = [&](double from, double to) {
    return static_cast<int>(from + share * (to - from) + 0.5);
  };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(222, 20), mix(234, 58), mix(245, 116));
}

double middle_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

/// One picture of a division in some samples, 240 wide.
void draw_division(SvgCanvas& canvas, const BackGate& gate, const std::string& title,
                   const std::vector<const BackGateSample*>& samples) {
  constexpr double kLeft = 44.0, kTop = 24.0, kSide = 190.0;
  std::vector<double> counts(gate.bins * gate.bins, 0.0);
  for (const BackGateSample* sample : samples) {
    const std::vector<double> own = unpacked(sample->counts, gate.bins);
    for (std::size_t bin = 0; bin < counts.size(); ++bin) counts[bin] += own[bin];
  }
  const double top = std::log1p(*std::max_element(counts.begin(), counts.end()));
  const double step = kSide / static_cast<double>(gate.bins);
  canvas.text(kLeft, 14.0, title, Anchor::kStart, 11.0, true);
  for (std::size_t bin = 0; bin < counts.size(); ++bin) {
    if (counts[bin] <= 0.0) continue;
    const auto x = static_cast<double>(bin % gate.bins), y = static_cast<double>(bin / gate.bins);
    canvas.rect(kLeft + step * x, kTop + kSide - step * (y + 1.0), step + 0.3, step + 0.3,
                density_colour(std::log1p(counts[bin]) / top));
  }
  canvas.rect(kLeft, kTop, kSide, kSide, "none", "#555555");
  const auto x_of = [&](double value) {
    return kLeft + std::clamp((value - gate.x_low) / (gate.x_high - gate.x_low), 0.0, 1.0) * kSide;
  };
  const auto y_of = [&](double value) {
    return kTop + kSide -
           std::clamp((value - gate.y_low) / (gate.y_high - gate.y_low), 0.0, 1.0) * kSide;
  };
  for (const auto& [place, text] : gate.x_ticks)
    canvas.text(x_of(place), kTop + kSide + 13.0, text, Anchor::kMiddle, 8.0);
  for (const auto& [place, text] : gate.y_ticks)
    canvas.text(kLeft - 4.0, y_of(place) + 3.0, text, Anchor::kEnd, 8.0);
  canvas.text(kLeft + 0.5 * kSide, kTop + kSide + 27.0, gate.x_marker, Anchor::kMiddle, 10.0, true);
  canvas.text(11.0, kTop + 0.5 * kSide, gate.y_marker, Anchor::kMiddle, 10.0, true, true);
  const auto medians = [&](std::vector<double> BackGateSample::*borders) {
    std::vector<double> places;
    for (std::size_t b = 0; b < (samples.front()->*borders).size(); ++b) {
      std::vector<double> values;
      for (const BackGateSample* sample : samples) values.push_back((sample->*borders)[b]);
      places.push_back(middle_of(values));
    }
    return places;
  };
  for (const double at : medians(&BackGateSample::x_borders))
    canvas.line(x_of(at), kTop, x_of(at), kTop + kSide, "#8a3300", 1.2, "4 3");
  for (const double at : medians(&BackGateSample::y_borders))
    canvas.line(kLeft, y_of(at), kLeft + kSide, y_of(at), "#8a3300", 1.2, "4 3");
  const auto& corner = samples.front()->corner;
  for (std::size_t i = 1; i < corner.size(); ++i)
    canvas.line(x_of(corner[i - 1].first), y_of(corner[i - 1].second), x_of(corner[i].first),
                y_of(corner[i].second), "#8a3300", 1.2, "4 3");
  const std::size_t rows = corner.empty() ? gate.parts.size() / gate.x_parts : 2;
  for (std::size_t part = 0; part < gate.parts.size(); ++part) {
    std::vector<double> fractions;
    for (const BackGateSample* sample : samples) {
      if (sample->events > 0) fractions.push_back(sample->fractions[part]);
    }
    if (fractions.empty()) continue;
    const std::size_t column = corner.empty() ? part % gate.x_parts : part;
    const std::size_t row = corner.empty() ? part / gate.x_parts : part;
    const bool is_right = column + 1 == (corner.empty() ? gate.x_parts : 2) && column > 0;
    const double y = kTop + kSide - 6.0 -
                     (rows > 1 ? static_cast<double>(row) / static_cast<double>(rows - 1) : 0.0) *
                         (kSide - 18.0);
    canvas.text(is_right ? kLeft + kSide - 4.0 : kLeft + 4.0 + (column > 0 ? 0.4 * kSide : 0.0), y,
                fmt::format("{:.1f} %", 100.0 * middle_of(fractions)),
                is_right ? Anchor::kEnd : Anchor::kStart, 9.0, true);
  }
}

/// A division for each group and visit, side by side.
std::string division_svg(const Results& results, const BackGate& gate) {
  std::map<std::string, std::string> title_of;  // sample
  std::vector<std::string> titles;
  for (const AbundanceRow& row : results.abundance) {
    const std::string title =
        row.group.empty()
            ? row.visit
            : fmt::format("{}{}{}", row.group, row.visit.empty() ? "" : ", ", row.visit);
    title_of.emplace(row.sample, title);
  }
  std::map<std::string, std::vector<const BackGateSample*>> sides;
  for (const BackGateSample& sample : gate.samples) {
    const auto known = title_of.find(sample.sample);
    const std::string title = known == title_of.end() ? "all samples" : known->second;
    if (sides[title].empty()) titles.push_back(title);
    sides[title].push_back(&sample);
  }
  if (titles.empty()) return "";
  SvgCanvas canvas(240.0 * static_cast<double>(titles.size()), 280.0);
  canvas.text(8.0, 14.0, fmt::format("Within {}", name_of(results, gate.parent)), Anchor::kStart,
              12.0, true);
  for (std::size_t side = 0; side < titles.size(); ++side) {
    canvas.move_to(240.0 * static_cast<double>(side), 20.0);
    draw_division(canvas, gate, titles[side], sides[titles[side]]);
  }
  return canvas.finish();
}

/// Sampled events of a panel in the plane, coloured by subset.
std::string map_svg(const Results& results, const SampledEvents& sampled) {
  std::vector<std::string> subsets;
  for (const SampledStratum& stratum : sampled.strata) {
    if (std::find(subsets.begin(), subsets.end(), stratum.subset) == subsets.end())
      subsets.push_back(stratum.subset);
  }
  std::sort(subsets.begin(), subsets.end());
  const auto colour = [&](std::size_t index) {
    if (subsets[index].empty()) return std::string("#c3cad0");
    return fmt::format("hsl({}, {}%, {}%)", index * 137 % 360, index % 2 == 0 ? 72 : 55,
                       std::array<int, 3>{42, 58, 33}[index % 3]);
  };
  std::array<int, 128> level{};
  for (int i = 0; i < kPackedLevels; ++i) level[static_cast<std::size_t>(packed_level(i))] = i;
  const auto share = [&](std::size_t at) {
    return (kPackedLevels * level[static_cast<unsigned char>(sampled.map[at]) & 127U] +
            level[static_cast<unsigned char>(sampled.map[at + 1]) & 127U]) /
           8099.0;
  };
  SvgCanvas canvas(860.0, std::max(580.0, 40.0 + 14.0 * static_cast<double>(subsets.size())));
  canvas.rect(10.0, 10.0, 560.0, 560.0, "none", "#555555");
  std::size_t event = 0;
  for (const SampledStratum& stratum : sampled.strata) {
    const auto index = static_cast<std::size_t>(
        std::find(subsets.begin(), subsets.end(), stratum.subset) - subsets.begin());
    for (std::size_t i = 0; i < stratum.sampled; ++i, ++event) {
      if (4 * event + 3 < sampled.map.size())
        canvas.circle(10.0 + 560.0 * share(4 * event), 570.0 - 560.0 * share(4 * event + 2), 1.1,
                      colour(index));
    }
  }
  for (std::size_t index = 0; index < subsets.size(); ++index) {
    const double y = 24.0 + 14.0 * static_cast<double>(index);
    canvas.circle(590.0, y - 3.5, 4.0, colour(index));
    canvas.text(600.0, y, subsets[index].empty() ? "no name" : name_of(results, subsets[index]));
  }
  return canvas.finish();
}

}  // namespace

std::vector<PaperFigure> paper_figures(const Results& results) {
  std::vector<PaperFigure> figures;
  const auto add = [&](const std::string& name, std::string svg) {
    if (!svg.empty()) figures.push_back({file_word(name), std::move(svg)});
  };
  for (const auto* subsets : {&results.primary, &results.secondary}) {
    for (const std::string& subset : *subsets) add("visits_" + subset, course_svg(results, subset));
  }
  for (std::size_t index = 0; index < results.back_gates.size(); ++index) {
    const BackGate& gate = results.back_gates[index];
    add(fmt::format("borders_{:02}_{}_{}_{}", index + 1, gate.parent, gate.x_marker, gate.y_marker),
        division_svg(results, gate));
  }
  for (const SampledEvents& sampled : results.sampled_events) {
    if (!sampled.map.empty()) add("map_" + sampled.panel, map_svg(results, sampled));
  }
  return figures;
}

}  // namespace gateless::report
