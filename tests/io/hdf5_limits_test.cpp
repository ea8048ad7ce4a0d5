// HDF5 files that cannot be written or read: one message, and a process that ends in good order afterwards.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>

#include "host/core/error.hpp"
#include "io/h5ad_reader.hpp"
#include "io/h5ad_writer.hpp"
#include "io/model_file.hpp"
#include "io/text_file.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::io {
namespace {

constexpr int kFailed = 9;  ///< the exit status of a child that met an error of ours

/// Runs the work in a child that ends as a program does, exit handlers and all; its wait status.
int status_of(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      work();
    } catch (const UserError&) {
      std::exit(kFailed);
    }
    std::exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

/// As on a disk that is full after `bytes` of a file.
void limit_files(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_FSIZE, &limit);
}

void write_table(const std::string& path) {
  const std::size_t rows = 20000;
  H5adWriter writer(path, rows, {"CD19", "CD27"});
  writer.add_obs_integer("node", std::vector<std::int32_t>(rows, 5));
  writer.write_x(0, std::vector<float>(rows * 2, 1.5F));
  writer.add_uns_string("version", "1");
  writer.commit();
}

/// Writes with room for a part of the file, for many sizes of that part.
void expect_whole_or_nothing(const std::function<void(const std::string&)>& write) {
  const TemporaryFolder folder;
  write(folder / "whole");
  const auto whole = std::filesystem::file_size(folder / "whole");
  for (std::uintmax_t part = 0; part < 60; ++part) {
    const std::string path = folder / "part";
    const int status = status_of([&] {
      limit_files(static_cast<rlim_t>(whole * part / 60));
      write(path);
    });
    ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status) << " at part " << part;
    EXPECT_EQ(WEXITSTATUS(status), kFailed) << part;
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()) ||
                !std::filesystem::exists(path));  // nothing under the final name
    EXPECT_FALSE(std::filesystem::exists(path + ".part"));
  }
}

TEST(Hdf5Limits, FullDiskLeavesNoTable) { expect_whole_or_nothing(write_table); }

TEST(Hdf5Limits, FullDiskLeavesNoModel) {
  const TemporaryFolder folder;
  const Model model = read_model(folder.file("model.h5", fuzz::model_target().seeds().front()));
  expect_whole_or_nothing([&](const std::string& path) { write_model(model, path); });
}

TEST(Hdf5Limits, FolderThatVanishesIsAMessage) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "out");
  H5adWriter writer(folder / "out/events.h5ad", 2, {"CD19"}, H5adContent::kLabelsOnly);
  std::filesystem::remove_all(folder / "out");
  writer.add_obs_integer("node", std::vector<std::int32_t>{1, 2});
  EXPECT_THROW(writer.commit(), UserError);
  EXPECT_THROW(write_table(folder / "out/events.h5ad"), InputError);
}

/// Cuts at even distances; reading ends well, and so does the process afterwards.
void expect_cut_files_are_survived(const std::string& whole,
                                   const std::function<void(const std::string&)>& read) {
  const TemporaryFolder folder;
  for (std::size_t part = 0; part < 50; ++part) {
    const std::string path = folder.file("cut", whole.substr(0, whole.size() * part / 50));
    const int status = status_of([&] { read(path); });
    ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status) << " at part " << part;
    EXPECT_EQ(WEXITSTATUS(status), kFailed) << part;
  }
}

TEST(Hdf5Limits, WhatIsNoFileIsToldAndNeverWaitedFor) {
  const TemporaryFolder folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);  // opening it would wait for a writer
  for (const std::string& path : {folder / "pipe", folder / "absent.h5", folder.path()}) {
    EXPECT_THROW((void)read_model(path), InputError) << path;
    EXPECT_THROW((void)read_h5ad(path), InputError) << path;
  }
}

TEST(Hdf5Limits, CutModelEndsInGoodOrder) {
  expect_cut_files_are_survived(fuzz::model_target().seeds().front(),
                                [](const std::string& path) { (void)read_model(path); });
}

TEST(Hdf5Limits, CutTableEndsInGoodOrder) {
  expect_cut_files_are_survived(fuzz::h5ad_target().seeds().front(),
                                [](const std::string& path) { (void)read_h5ad(path); });
}

}  // namespace
}  // namespace gateless::io
