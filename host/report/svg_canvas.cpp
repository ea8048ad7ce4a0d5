#include "host/report/svg_canvas.hpp"

#include <fmt/format.h>

namespace gateless::report {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:  // XML 1.0 has no place for control characters
        if (static_cast<unsigned char>(letter) >= 0x20 || letter == '\t') result += letter;
    }
  }
  return result;
}

}  // namespace

SvgCanvas::SvgCanvas(double width, double height)
    : svg_(fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" "
                       "height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
                       "font-family=\"Helvetica, Arial, sans-serif\">\n<rect width=\"100%\" "
                       "height=\"100%\" fill=\"#ffffff\"/>\n<g>\n",
                       width, height)) {}

void SvgCanvas::line(double x1, double y1, double x2, double y2, std::string_view colour,
                     double width, std::string_view dashes) {
  svg_ += fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" "
      "stroke-width=\"{:.1f}\"{}/>\n",
      x1, y1, x2, y2, colour, width,
      dashes.empty() ? std::string() : fmt::format(" stroke-dasharray=\"{}\"", dashes));
}

void SvgCanvas::rect(double x, double y, double width, double height, std::string_view fill,
                     std::string_view stroke) {
  svg_ += fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\" "
      "stroke=\"{}\"/>\n",
      x, y, width, height, fill, stroke);
}

void SvgCanvas::circle(double x, double y, double radius, std::string_view fill) {
  svg_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" fill=\"{}\"/>\n", x, y,
                      radius, fill);
}

void SvgCanvas::text(double x, double y, std::string_view words, Anchor anchor, double size,
                     bool is_bold, bool is_upright) {
  const char* const place = anchor == Anchor::kStart    ? "start"
                            : anchor == Anchor::kMiddle ? "middle"
                                                        : "end";
  svg_ += fmt::format(
      "<text transform=\"translate({:.1f} {:.1f}){}\" text-anchor=\"{}\" font-size=\"{:.1f}\"{}>{}"
      "</text>\n",
      x, y, is_upright ? " rotate(-90)" : "", place, size, is_bold ? " font-weight=\"bold\"" : "",
      escaped(words));
}

void SvgCanvas::move_to(double x, double y) {
  svg_ += fmt::format("</g>\n<g transform=\"translate({:.1f} {:.1f})\">\n", x, y);
}

}  // namespace gateless::report
