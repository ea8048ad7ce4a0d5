// A file that is written to or replaced between two looks is noticed.
#include "io/file_state.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "host/core/error.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::io {
namespace {

TEST(UnchangedFile, KnowsItsFile) {
  const TemporaryFolder folder;
  const UnchangedFile file(folder.file("a.fcs", "12345"));
  EXPECT_EQ(file.bytes(), 5U);
  EXPECT_NO_THROW(file.check());
}

TEST(UnchangedFile, NoticesEveryKindOfChange) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.fcs", "12345");
  const auto expect_noticed = [&](const auto& change) {
    const UnchangedFile file(path);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the clock of files ticks
    change();
    EXPECT_THROW(file.check(), InputError);
  };
  expect_noticed([&] { std::ofstream(path, std::ios::app) << "6"; });
  expect_noticed([&] { std::ofstream(path) << "543210"; });  // as long as before
  expect_noticed([&] { std::filesystem::rename(folder.file("b.fcs", "543210"), path); });
  expect_noticed([&] { std::filesystem::remove(path); });
}

}  // namespace
}  // namespace gateless::io
