// Writes one SVG picture, shape after shape; text becomes text, never markup.
#pragma once

#include <string>
#include <string_view>

namespace gateless::report {

enum class Anchor { kStart, kMiddle, kEnd };

class SvgCanvas {
 public:
  SvgCanvas(double width, double height);

  void line(double x1, double y1, double x2, double y2, std::string_view colour, double width = 1.0,
            std::string_view dashes = "");
  void rect(double x, double y, double width, double height, std::string_view fill,
            std::string_view stroke = "none");
  void circle(double x, double y, double radius, std::string_view fill);
  void text(double x, double y, std::string_view words, Anchor anchor = Anchor::kStart,
            double size = 10.0, bool is_bold = false, bool is_upright = false);
  /// Everything from here on is moved by (x, y), until the next call.
  void move_to(double x, double y);

  /// The finished picture.
  [[nodiscard]] std::string finish() const { return svg_ + "</g>\n</svg>\n"; }

 private:
  std::string svg_;
};

}  // namespace gateless::report
