// Names from files are shown without what a terminal would obey.
#include "host/core/printable.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"

namespace gateless {
namespace {

TEST(Printable, KeepsTextAndReplacesControlCharacters) {
  EXPECT_EQ(printable("IFN-γ (µg)\tCD3\n"), "IFN-γ (µg)\tCD3\n");
  EXPECT_EQ(printable(std::string("a\0b\x1b[2J\x7f\r", 9)), "a?b?[2J??");
  EXPECT_EQ(printable("\xC2\x9B"
                      "1m"),
            "??1m");  // U+009B begins a sequence as ESC [ does
}

TEST(Printable, AMessageIsNotEndedByAZero) {
  EXPECT_STREQ(InputError(std::string("a\0b", 3)).what(), "a?b");
}

}  // namespace
}  // namespace gateless
