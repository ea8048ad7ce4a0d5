#include "host/report/first_screen_page.hpp"

namespace gateless::report {
namespace {

using nlohmann::json;

json notes(const std::vector<SampleNote>& found) {
  json list = json::array();
  for (const SampleNote& note : found) {
    list.push_back({{"patient", note.patient},
                    {"visit", note.visit},
                    {"files", note.files},
                    {"reasons", note.reasons}});
  }
  return list;
}

}  // namespace

json answer_page(const Answer& found) {
  json statements = json::array();
  for (const Statement& statement : found.statements) {
    statements.push_back({{"subset", statement.subset},
                          {"name", statement.name},
                          {"rank", text_of(statement.rank)},
                          {"call", text_of(statement.trend)},
                          {"headline", statement.headline},
                          {"detail", statement.detail},
                          {"parts", statement.parts},
                          {"beside", statement.beside},
                          {"caveat", statement.caveat},
                          {"healthy", statement.healthy},
                          {"certainty", statement.certainty},
                          {"has", statement.has}});
  }
  json untold = json::array();
  for (const Untold& one : found.untold) {
    untold.push_back({{"name", one.name},
                      {"reason", one.reason},
                      {"asked", one.is_asked},
                      {"primary", one.is_primary}});
  }
  return {{"baseline", found.baseline},
          {"visit", found.visit},
          {"patients", found.patients},
          {"statements", statements},
          {"summary", found.summary},
          {"together", found.together},
          {"states",
           {{"lines", found.states.lines},
            {"more", found.states.more},
            {"tested", found.states.tested},
            {"shared", found.states.shared},
            {"none", found.states.none}}},
          {"unchanged", found.unchanged},
          {"unsure", found.unsure},
          {"too_few", found.too_few},
          {"untold", untold},
          {"explored", found.explored},
          {"improvement",
           {{"sentence", found.improvement.sentence}, {"lines", found.improvement.lines}}}};
}

json attention_page(const Attention& found) {
  json files = json::array();
  for (const FileLook& file : found.files)
    files.push_back(json::array({file.row, text_of(file.look), file.text}));
  return {{"samples", notes(found.samples)},
          {"noted", notes(found.noted)},
          {"cut", found.cut},
          {"general", found.general},
          {"moved", found.moved},
          {"moved_markers", found.moved_markers},
          {"rest", found.rest},
          {"files", files}};
}

}  // namespace gateless::report
