// What the tests of this folder share: files that live as long as a test, and all that is read.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "limn/ingest/read.h"

namespace limn {

namespace fs = std::filesystem;

inline Time at(std::int64_t milliseconds) {
  return Time{std::chrono::milliseconds{milliseconds}};
}

// A folder of files that lives as long as the test.
class Folder {
 public:
  Folder() {
    static std::atomic<int> count{0};
    path_ = fs::path(testing::TempDir()) /
            ("limn_ingest_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path add(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Outcome {
  Batch records;
  ImportReport report;
  std::vector<std::string> order;  // the kinds of the batches' records, as they came
};

inline Result<Outcome> try_read(const std::vector<fs::path>& files,
                                const ReadOptions& options = {}) {
  Outcome outcome;
  const auto sink = [&](Batch&& batch) -> Result<void> {
    if (!batch.users.empty()) outcome.order.emplace_back("users");
    if (!batch.items.empty()) outcome.order.emplace_back("items");
    if (!batch.edges.empty()) outcome.order.emplace_back("edges");
    if (!batch.events.empty()) outcome.order.emplace_back("events");
    Batch& all = outcome.records;
    std::move(batch.users.begin(), batch.users.end(), std::back_inserter(all.users));
    std::move(batch.items.begin(), batch.items.end(), std::back_inserter(all.items));
    std::move(batch.events.begin(), batch.events.end(), std::back_inserter(all.events));
    std::move(batch.edges.begin(), batch.edges.end(), std::back_inserter(all.edges));
    return {};
  };
  LIMN_TRY(outcome.report, read_files(files, options, sink));
  return outcome;
}

inline Outcome read(const std::vector<fs::path>& files, const ReadOptions& options = {}) {
  auto outcome = try_read(files, options);
  EXPECT_TRUE(outcome) << outcome.error().message;
  return outcome ? std::move(*outcome) : Outcome{};
}

inline Outcome read_text(const std::string& name, const std::string& text,
                         const ReadOptions& options = {}) {
  const Folder folder;
  return read({folder.add(name, text)}, options);
}

using Counts = std::map<std::string, std::size_t>;

}  // namespace limn
