// events.h5ad: what is written comes back, atomically and with the same bytes each time.
#include "io/h5ad_writer.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include "host/core/error.hpp"
#include "io/h5ad_reader.hpp"

namespace gateless::io {
namespace {

std::string fresh_path(const std::string& name) {
  const auto path = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::remove(path);
  return path.string();
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_three_events(const std::string& path) {
  H5adWriter writer(path, 3, {"CD3", "CD19"});
  writer.add_obs_categorical("sample", std::vector<std::int16_t>{0, 1, -1}, {"a.fcs", "b.fcs"});
  writer.add_obs_integer("event_index", std::vector<std::int64_t>{0, 7, 1LL << 40});
  writer.add_obs_integer("node", std::vector<std::int32_t>{5, -1, 2});
  writer.add_obs_float("confidence", std::vector<float>{0.5F, 1.0F, 0.25F});
  writer.add_obs_bool("kept", std::vector<std::uint8_t>{1, 0, 3});
  writer.add_uns_string("program", "gateless");
  writer.write_x(1, std::vector<float>{3.0F, 4.0F, 5.0F, 6.0F});
  writer.write_x(0, std::vector<float>{1.0F, 2.0F});
  writer.commit();
}

TEST(H5adWriter, WhatIsWrittenIsRead) {
  const std::string path = fresh_path("written.h5ad");
  write_three_events(path);
  const RawSample sample = read_h5ad(path);
  ASSERT_EQ(sample.channels.size(), 2U);
  EXPECT_EQ(sample.channels[0].name, "CD3");
  EXPECT_EQ(sample.channels[1].name, "CD19");
  EXPECT_EQ(sample.events, 3U);
  EXPECT_EQ(sample.values[0], (std::vector<float>{1.0F, 3.0F, 5.0F}));
  EXPECT_EQ(sample.values[1], (std::vector<float>{2.0F, 4.0F, 6.0F}));
  using Strings = std::vector<std::string>;
  EXPECT_EQ(obs_columns(path), (Strings{"sample", "event_index", "node", "confidence", "kept"}));
  EXPECT_EQ(read_obs_strings(path, "sample"), (Strings{"a.fcs", "b.fcs", ""}));
  EXPECT_EQ(read_obs_strings(path, "event_index"), (Strings{"0", "7", "1099511627776"}));
  EXPECT_EQ(read_obs_strings(path, "node"), (Strings{"5", "-1", "2"}));
  EXPECT_EQ(read_obs_strings(path, "confidence"), (Strings{"0.5", "1", "0.25"}));
  EXPECT_EQ(read_obs_strings(path, "kept"), (Strings{"True", "False", "True"}));
}

TEST(H5adWriter, SameContentsGiveSameBytes) {
  const std::string first = fresh_path("same1.h5ad");
  const std::string second = fresh_path("same2.h5ad");
  write_three_events(first);
  write_three_events(second);
  EXPECT_FALSE(bytes_of(first).empty());
  EXPECT_EQ(bytes_of(first), bytes_of(second));
}

TEST(H5adWriter, WithoutCommitNothingIsLeft) {
  const std::string path = fresh_path("uncommitted.h5ad");
  { H5adWriter writer(path, 1, {"CD3"}); }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
}

TEST(H5adWriter, LabelsAloneHaveNoX) {
  const std::string path = fresh_path("labels.h5ad");
  H5adWriter writer(path, 2, {"CD3"}, H5adContent::kLabelsOnly);
  writer.add_obs_integer("node", std::vector<std::int32_t>{1, 2});
  EXPECT_THROW(writer.write_x(0, std::vector<float>{1.0F}), std::logic_error);
  writer.commit();
  EXPECT_EQ(read_obs_strings(path, "node"), (std::vector<std::string>{"1", "2"}));
  EXPECT_THROW((void)read_h5ad(path), InputError);
}

TEST(H5adWriter, NoEventsAreAFileToo) {
  const std::string path = fresh_path("empty.h5ad");
  H5adWriter writer(path, 0, {"CD3"});
  writer.add_obs_categorical("sample", std::vector<std::int8_t>{}, {});
  writer.commit();
  EXPECT_EQ(read_h5ad(path).events, 0U);
}

TEST(H5adWriter, ManyRowsCrossBlocksAndChunks) {
  const std::string path = fresh_path("many.h5ad");
  const std::size_t rows = 200'001;
  std::vector<std::int32_t> numbers(rows);
  std::iota(numbers.begin(), numbers.end(), 0);
  H5adWriter writer(path, rows, {"CD3"}, H5adContent::kLabelsOnly);
  writer.add_obs_integer("number", numbers);
  writer.commit();
  const auto read = read_obs_strings(path, "number");
  ASSERT_EQ(read.size(), rows);
  EXPECT_EQ(read[65'536], "65536");
  EXPECT_EQ(read.back(), "200000");
}

TEST(H5adWriter, ColumnsMadeBlockByBlockHaveTheSameBytes) {
  const std::string whole = fresh_path("whole_columns.h5ad"),
                    made = fresh_path("made_columns.h5ad");
  const std::size_t rows = 600'001;
  std::vector<std::int32_t> codes(rows);
  std::vector<float> values(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    codes[row] = static_cast<std::int32_t>(row % 300) - 1;
    values[row] = static_cast<float>(row) / 7.0F;
  }
  std::vector<std::string> categories;
  for (int i = 0; i < 299; ++i) categories.push_back(std::to_string(i));
  {
    H5adWriter writer(whole, rows, {"CD3"}, H5adContent::kLabelsOnly);
    writer.add_obs_categorical("code", codes, categories);
    writer.add_obs_float("value", values);
    writer.commit();
  }
  H5adWriter writer(made, rows, {"CD3"}, H5adContent::kLabelsOnly);
  const FillRows<std::int32_t> fill_codes = [&](std::size_t first, std::span<std::int32_t> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = codes[first + i];
  };
  const FillRows<float> fill_values = [&](std::size_t first, std::span<float> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = values[first + i];
  };
  writer.add_obs_categorical("code", fill_codes, categories);
  writer.add_obs_float("value", fill_values);
  writer.commit();
  EXPECT_EQ(bytes_of(whole), bytes_of(made));
  const auto words = read_obs_strings(made, "code");
  EXPECT_EQ(words[0], "");
  EXPECT_EQ(words[299], "298");
  EXPECT_EQ(words.back(), "");
}

TEST(H5adWriter, MistakesOfTheCallerAreRefused) {
  H5adWriter writer(fresh_path("refused.h5ad"), 2, {"CD3"});
  EXPECT_THROW(writer.add_obs_float("short", std::vector<float>{1.0F}), std::logic_error);
  writer.add_obs_float("twice", std::vector<float>{1.0F, 2.0F});
  EXPECT_THROW(writer.add_obs_float("twice", std::vector<float>{1.0F, 2.0F}), std::logic_error);
  EXPECT_THROW(writer.add_obs_categorical("sample", std::vector<std::int8_t>{0, 1}, {"only one"}),
               std::logic_error);
  EXPECT_THROW(writer.commit(), std::logic_error);
}

TEST(H5adWriter, SlashInAColumnNameIsNoPath) {
  const std::string path = fresh_path("slash.h5ad");
  H5adWriter writer(path, 1, {"CD45RA/RO"}, H5adContent::kLabelsOnly);
  writer.add_obs_float("score/month", std::vector<float>{1.5F});
  writer.commit();
  EXPECT_EQ(read_obs_strings(path, "score_month"), (std::vector<std::string>{"1.5"}));
}

TEST(H5adWriter, AFolderThatIsNotThereIsAnInputError) {
  EXPECT_THROW(H5adWriter("/no/such/folder/events.h5ad", 1, {"CD3"}), InputError);
}

}  // namespace
}  // namespace gateless::io
