#include "host/annotate/instrument.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>
#include <string_view>

#include "host/annotate/channel_words.hpp"

namespace gateless::annotate {
namespace {

/// Lightest and heaviest isotope of an element that is found in nature or sold as a tag.
struct Element {
  std::string_view symbol;
  int lightest, heaviest;
};
constexpr std::array<Element, 33> kElements{
    {{"Y", 89, 89},    {"Rh", 103, 103}, {"Pd", 102, 110}, {"Ag", 107, 109}, {"Cd", 106, 116},
     {"In", 113, 115}, {"Sn", 112, 124}, {"I", 124, 131},  {"Xe", 124, 136}, {"Cs", 133, 137},
     {"Ba", 130, 138}, {"La", 138, 139}, {"Ce", 136, 142}, {"Pr", 141, 141}, {"Nd", 142, 150},
     {"Pm", 145, 147}, {"Sm", 144, 154}, {"Eu", 151, 153}, {"Gd", 152, 160}, {"Tb", 159, 159},
     {"Dy", 156, 164}, {"Ho", 165, 165}, {"Er", 162, 170}, {"Tm", 169, 169}, {"Yb", 168, 176},
     {"Lu", 175, 176}, {"Os", 184, 192}, {"Ir", 191, 193}, {"Pt", 190, 198}, {"Au", 197, 197},
     {"Hg", 196, 204}, {"Pb", 204, 208}, {"Bi", 209, 209}}};

bool exists(const std::string& symbol, int mass) {
  if (symbol == "BCKG") return true;  // the background beside the isotopes
  const auto* element = std::find_if(kElements.begin(), kElements.end(),
                                     [&](const Element& each) { return each.symbol == symbol; });
  return element != kElements.end() && mass >= element->lightest && mass <= element->heaviest;
}

/// "DVSSCIENCES-CYTOF-6.7", "CyTOF2", "Helios": whole words, as "CytoFLEX" begins with one of them.
bool is_mass_cytometer(const std::string& cytometer) {
  static const std::regex machine("cytof\\d*|cytofxt|helios|dvs|dvssciences|hyperion");
  const std::vector<std::string> words = words_of(cytometer);
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return std::regex_match(letters_of(word), machine);
  });
}

}  // namespace

bool is_metal(const std::string& word) {
  static const std::regex number_first("(\\d{2,3})([A-Z][A-Za-z]*?)(Di|Dd)?");
  static const std::regex symbol_first("([A-Z][A-Za-z]*?)(\\d{2,3})(Di|Dd)?");
  if (word.size() > 10) return false;
  std::smatch parts;
  if (std::regex_match(word, parts, number_first)) return exists(parts[2], std::stoi(parts[1]));
  if (std::regex_match(word, parts, symbol_first)) return exists(parts[1], std::stoi(parts[2]));
  return false;
}

Instrument instrument_of(const std::vector<Channel>& channels, const std::string& cytometer) {
  bool says_so = is_mass_cytometer(cytometer);
  std::size_t metals = 0;
  for (const Channel& channel : channels) {
    const std::vector<std::string> words = words_of(channel.name);
    if (words.empty()) continue;
    const std::string first = letters_of(words.front());
    if (first == "fsc" || first == "ssc") return Instrument::kFlow;  // ions scatter no light
    const std::string letters = letters_of(channel.name);
    if (letters == "eventlength" || letters == "celllength") says_so = true;
    if (std::any_of(words.begin(), words.end(), is_metal)) ++metals;
  }
  return says_so || metals >= 3 ? Instrument::kMass : Instrument::kFlow;
}

}  // namespace gateless::annotate
