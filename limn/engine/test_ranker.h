// What the tests of rankers share: where LightGBM is, and a generation with a ranker put in.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "limn/engine/ranker_model.h"
#include "limn/engine/snapshot.h"

namespace limn {

inline const std::filesystem::path lightgbm_of_tests =
    LIMN_SOURCE_DIR "/third_party/lightgbm/lib_lightgbm.so";

inline bool has_lightgbm() {
  return std::filesystem::exists(lightgbm_of_tests);
}
inline constexpr std::string_view without_lightgbm =
    "LightGBM is not there (tools/setup lightgbm fetches it)";

// Copies an array of any kind.
inline void copy_array(const Generation& from, const std::string& name, GenerationWriter& to) {
  if (const auto strings = from.strings(name)) {
    std::vector<std::string> copied;
    for (std::size_t i = 0; i < strings->size(); ++i) copied.emplace_back((*strings)[i]);
    EXPECT_TRUE(to.add_strings(name, copied));
  } else if (const auto floats = from.array<float>(name)) {
    EXPECT_TRUE(to.add(name, *floats));
  } else if (const auto matrix = from.matrix(name)) {
    EXPECT_TRUE(to.add(name, *matrix));
  } else if (const auto sparse = from.sparse(name)) {
    EXPECT_TRUE(to.add(name, *sparse));
  } else if (const auto words = from.array<std::uint32_t>(name)) {
    EXPECT_TRUE(to.add(name, *words));
  } else if (const auto signed_words = from.array<std::int64_t>(name)) {
    EXPECT_TRUE(to.add(name, *signed_words));
  } else if (const auto long_words = from.array<std::uint64_t>(name)) {
    EXPECT_TRUE(to.add(name, *long_words));
  } else if (const auto bytes = from.array<std::byte>(name)) {
    EXPECT_TRUE(to.add(name, *bytes));
  } else {
    ADD_FAILURE() << "not copied: " << name;
  }
}

// Writes the present generation of a data folder anew, as if its build had kept `model`.
inline void put_ranker(const std::filesystem::path& folder, const RankerModel& model) {
  const Generation from = Generation::open_current(folder).value();
  SnapshotInfo info = SnapshotInfo::from_json(from.manifest()).value();
  GenerationWriter writer = GenerationWriter::begin(folder).value();
  for (const std::string& name : from.names()) {
    if (!name.starts_with("ranker_")) copy_array(from, name, writer);
  }
  const SparseMatrix classes = SparseMatrix::from_triplets(info.items, 1, {});
  ASSERT_TRUE(write_ranker(writer, model, classes));
  JsonObject manifest = from.manifest();
  manifest.erase("checksum");
  manifest.erase("files");
  manifest["ranker"] = manifest_json(model);
  ASSERT_TRUE(writer.commit(manifest));
}

}  // namespace limn
