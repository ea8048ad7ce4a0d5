#include "io/other_formats.hpp"

#include <array>
#include <utility>

namespace gateless::io {

std::string_view other_format(std::string_view first_bytes) {
  using std::string_view_literals::operator""sv;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kBeginnings{
      {{"PK\x03\x04"sv, "an Excel workbook (.xlsx) or a zip archive"sv},
       {"\xD0\xCF\x11\xE0"sv, "an old Excel workbook (.xls)"sv},
       {"\x1F\x8B"sv, "compressed with gzip"sv},
       {"BZh"sv, "compressed with bzip2"sv},
       {"\xFD"
        "7zXZ"sv,
        "compressed with xz"sv},
       {"%PDF"sv, "a PDF document"sv},
       {"<!DOCTYPE html"sv, "a web page"sv},
       {"<html"sv, "a web page"sv},
       {"<?xml"sv, "an XML document"sv}}};
  for (const auto& [beginning, what] : kBeginnings) {
    if (first_bytes.starts_with(beginning)) return what;
  }
  return {};
}

}  // namespace gateless::io
