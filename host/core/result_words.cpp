#include "host/core/result_words.hpp"

namespace gateless {

std::string text_of(Detection detection) {
  switch (detection) {
    case Detection::kNotDetected:
      return "not detected";
    case Detection::kNotQuantifiable:
      return "not quantifiable";
    case Detection::kNotResolvable:
      return "not resolvable";
    case Detection::kQuantifiable:
      break;
  }
  return "quantifiable";
}

std::string text_of(Call call) {
  switch (call) {
    case Call::kUp:
      return "up";
    case Call::kDown:
      return "down";
    case Call::kNoChange:
      return "no change";
    case Call::kNotQuantifiable:
      break;
  }
  return "not quantifiable";
}

}  // namespace gateless
