// Checksums of text and of files, however the files are read.
#include "io/sha256.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/byte_source.hpp"
#include "io/event_file.hpp"
#include "io/fcs_writer.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::io {
namespace {

TEST(Sha256, MatchesTheStandardsExample) {
  // FIPS 180-4, example "abc"; and the empty message.
  EXPECT_EQ(sha256_of_text("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of_text(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const TemporaryFolder folder;
  const std::string text(3'000'000, 'x');
  write_whole_file(folder / "x", text);
  EXPECT_EQ(sha256_of_file(folder / "x"), sha256_of_text(text));
  EXPECT_THROW(static_cast<void>(sha256_of_file(folder / "y")), InputError);
}

TEST(Sha256, IsTheSameHoweverAFileIsRead) {
  const TemporaryFolder folder;
  std::string text;
  for (std::uint32_t i = 0; i < 900'000; ++i)
    text += static_cast<char>((i * 2'654'435'761U) >> 13U);
  write_whole_file(folder / "x", text);
  const std::string whole = sha256_of_text(text);
  const auto digest_after = [&](const std::vector<ByteRange>& reads) {
    FileDigest digest;
    const ByteSource source(folder / "x", &digest);
    for (const ByteRange& range : reads) EXPECT_EQ(source.text(range).size(), range.size());
    return digest.finish(folder / "x");
  };
  EXPECT_EQ(digest_after({}), whole);
  EXPECT_EQ(digest_after({{0, 58}, {256, 5000}, {0, 58}, {5000, 600'000}, {600'000, 900'000}}),
            whole);
  EXPECT_EQ(digest_after({{700'000, 800'000}, {100, 200}, {150, 400}}), whole);
  EXPECT_EQ(digest_after({{0, 900'000}}), whole);
}

TEST(Sha256, OfAnFcsFileNeedsNoSecondLook) {
  const TemporaryFolder folder;
  RawSample sample;
  sample.channels = {{.name = "A", .stain = "", .range = 1024.0}};
  sample.events = 100'000;
  sample.values = {std::vector<float>(sample.events, 1.5F)};
  write_fcs(folder / "x.fcs", sample);
  FileDigest digest;
  ASSERT_EQ(read_event_file(folder / "x.fcs", &digest).events, sample.events);
  EXPECT_GT(digest.seen(), sample.events * sizeof(float));
  EXPECT_EQ(digest.finish(folder / "x.fcs"), sha256_of_file(folder / "x.fcs"));
}

}  // namespace
}  // namespace gateless::io
