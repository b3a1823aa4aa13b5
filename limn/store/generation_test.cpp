#include "limn/store/generation.h"

#include <algorithm>
#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "limn/core/file.h"
#include "limn/store/testing.h"

namespace limn {
namespace {

const std::vector<std::string> names = {"pen", "", "\xe7\xac\x94", std::string("a\0b", 3)};
const std::vector<std::uint32_t> sizes = {3, 1, 4, 1, 5};
const std::vector<std::int64_t> times = {-1, 0, INT64_MAX};

Matrix random_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random(seed);
  Matrix matrix(rows, cols);
  for (std::size_t i = 0; i < rows * cols; ++i) {
    matrix.data()[i] = static_cast<float>(random.normal());
  }
  return matrix;
}

SparseMatrix random_sparse(std::uint64_t seed) {
  Random random(seed);
  std::vector<Triplet> entries;
  for (int i = 0; i < 60; ++i) {
    entries.push_back({static_cast<std::uint32_t>(random.below(20)),
                       static_cast<std::uint32_t>(random.below(30)), 1.0F});
  }
  return SparseMatrix::from_triplets(20, 30, entries);
}

// A small generation that differs by `seed`.
Result<std::uint64_t> build(const std::filesystem::path& folder, std::uint64_t seed) {
  LIMN_TRY(GenerationWriter writer, GenerationWriter::begin(folder));
  LIMN_TRY_VOID(writer.add("item.vectors", random_matrix(13, 5, seed).view()));
  LIMN_TRY_VOID(writer.add("item_weights", random_sparse(seed).view()));
  LIMN_TRY_VOID(writer.add("sizes", std::span(sizes)));
  LIMN_TRY_VOID(writer.add("times", std::span(times)));
  LIMN_TRY_VOID(writer.add("nothing", std::span<const float>()));
  LIMN_TRY_VOID(writer.add_strings("names", names));
  LIMN_TRY_VOID(writer.commit({{"encoder", "lsa"}, {"seed", seed}}));
  return writer.number();
}

// Whether every array is what build() wrote with `seed`.
bool holds(const Generation& generation, std::uint64_t seed) {
  const auto matrix = generation.matrix("item.vectors");
  const auto sparse = generation.sparse("item_weights");
  const auto strings = generation.strings("names");
  const auto found_sizes = generation.array<std::uint32_t>("sizes");
  const auto found_times = generation.array<std::int64_t>("times");
  const auto nothing = generation.array<float>("nothing");
  if (!matrix || !sparse || !strings || !found_sizes || !found_times || !nothing) return false;
  const Matrix expected = random_matrix(13, 5, seed);
  const SparseMatrix expected_sparse = random_sparse(seed);
  bool same = matrix->rows() == 13 && matrix->cols() == 5 && nothing->empty();
  same = same && std::equal(expected.data(), expected.data() + 13 * 5, matrix->data());
  same = same && sparse->rows() == 20 && sparse->cols() == 30;
  same = same && std::ranges::equal(sparse->offsets(), expected_sparse.view().offsets());
  same = same && std::ranges::equal(sparse->indices(), expected_sparse.view().indices());
  same = same && std::ranges::equal(sparse->values(), expected_sparse.values());
  same = same && std::ranges::equal(*found_sizes, sizes) && std::ranges::equal(*found_times, times);
  same = same && strings->size() == names.size();
  for (std::size_t i = 0; same && i < names.size(); ++i) same = (*strings)[i] == names[i];
  return same && generation.manifest() == JsonObject{{"encoder", "lsa"}, {"seed", seed}};
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename() != "lock") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

void overwrite(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST(Generation, HoldsWhatWasWritten) {
  const TemporaryFolder folder;
  EXPECT_EQ(Generation::open_current(folder.path()).error().code, ErrorCode::not_found);
  EXPECT_EQ(*build(folder.path(), 1), 1U);
  const auto generation = Generation::open_current(folder.path());
  ASSERT_TRUE(generation) << generation.error().message;
  EXPECT_TRUE(holds(*generation, 1));
  EXPECT_FALSE(holds(*generation, 2));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(generation->matrix("item.vectors")->data()) % 64, 0U);
  EXPECT_EQ(generation->names().size(), 6U);
  EXPECT_EQ(generation->matrix("absent").error().code, ErrorCode::not_found);
  EXPECT_EQ(generation->matrix("sizes").error().code, ErrorCode::corrupt);
  EXPECT_EQ(generation->array<float>("sizes").error().code, ErrorCode::corrupt);
}

TEST(Generation, HasTheSameBytesWhenItIsBuiltAgain) {
  const TemporaryFolder one;
  const TemporaryFolder two;
  ASSERT_TRUE(build(one.path(), 5));
  ASSERT_TRUE(build(two.path(), 5));
  const auto files = files_of(one.path());
  ASSERT_EQ(files.size(), 8U);
  for (const auto& file : files) {
    EXPECT_EQ(*read_file(file), *read_file(two.path() / file.lexically_relative(one.path())));
  }
}

TEST(Generation, KeepsTheLastTwoAndCanGoBack) {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) ASSERT_EQ(*build(folder.path(), seed), seed);
  // Two and the new one: what is too old goes when the next build begins.
  EXPECT_EQ(*list_generations(folder.path()), (std::vector<std::uint64_t>{2, 3, 4}));
  ASSERT_TRUE(use_generation(folder.path(), 2));
  ASSERT_EQ(*build(folder.path(), 5), 5U);
  EXPECT_EQ(*list_generations(folder.path()), (std::vector<std::uint64_t>{2, 3, 4, 5}));
  EXPECT_TRUE(holds(*Generation::open_current(folder.path()), 5));
  EXPECT_TRUE(holds(*Generation::open(folder.path(), 3), 3));
  EXPECT_EQ(Generation::open(folder.path(), 1).error().code, ErrorCode::not_found);
}

TEST(Generation, LeavesTheOldOneWhenABuildIsDropped) {
  const TemporaryFolder folder;
  ASSERT_TRUE(build(folder.path(), 1));
  {
    auto writer = GenerationWriter::begin(folder.path());
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->add("sizes", std::span(sizes)));
    EXPECT_EQ(GenerationWriter::begin(folder.path()).error().code, ErrorCode::unavailable);
  }
  EXPECT_TRUE(holds(*Generation::open_current(folder.path()), 1));
  EXPECT_EQ(files_of(folder.path()).size(), 8U) << "nothing of the dropped build is left";
}

TEST(Generation, RefusesAnyChangedBit) {
  const TemporaryFolder folder;
  ASSERT_TRUE(build(folder.path(), 1));
  ASSERT_TRUE(build(folder.path(), 2));
  std::vector<std::filesystem::path> files = files_of(folder.path() / "generations" / "000002");
  files.push_back(folder.path() / "current");
  Random random(1);
  for (int i = 0; i < 600; ++i) {
    const auto& file = files[random.below(files.size())];
    const std::string bytes = *read_file(file);
    std::string changed = bytes;
    const std::size_t place = random.below(bytes.size());
    changed[place] = static_cast<char>(changed[place] ^ (1 << random.below(8)));
    overwrite(file, changed);
    const auto generation = Generation::open_current(folder.path());
    ASSERT_FALSE(generation) << file << " byte " << place;
    EXPECT_EQ(generation.error().code, ErrorCode::corrupt) << generation.error().message;
    EXPECT_NE(generation.error().message.find(file.filename()), std::string::npos)
        << generation.error().message;
    overwrite(file, bytes);
  }
  EXPECT_TRUE(holds(*Generation::open_current(folder.path()), 2));
}

TEST(Generation, RefusesFilesThatAreCutShortGoneOrSwapped) {
  const TemporaryFolder folder;
  ASSERT_TRUE(build(folder.path(), 1));
  const std::vector<std::filesystem::path> files = files_of(folder.path());
  Random random(2);
  for (int i = 0; i < 150; ++i) {
    const auto& file = files[random.below(files.size())];
    const std::string bytes = *read_file(file);
    overwrite(file, bytes.substr(0, random.below(bytes.size())));
    EXPECT_FALSE(Generation::open_current(folder.path())) << file;
    overwrite(file, bytes + "x");
    EXPECT_FALSE(Generation::open_current(folder.path())) << file;
    overwrite(file, bytes);
  }
  for (const auto& one : files) {
    for (const auto& other : files) {
      if (one == other) continue;
      const std::string bytes = *read_file(one);
      overwrite(one, *read_file(other));
      EXPECT_FALSE(Generation::open_current(folder.path(), {.verify = false})) << one << other;
      overwrite(one, bytes);
    }
    const std::string bytes = *read_file(one);
    std::filesystem::remove(one);
    EXPECT_FALSE(Generation::open_current(folder.path())) << one;
    overwrite(one, bytes);
  }
  EXPECT_TRUE(holds(*Generation::open_current(folder.path()), 1));
}

// The child builds until it is killed; the parent finds one of its generations, whole.
TEST(Generation, IsWholeWheneverABuildIsKilled) {
  const TemporaryFolder folder;
  ASSERT_TRUE(build(folder.path(), 1));
  Random random(3);
  std::uint64_t last = 1;
  std::uint64_t current = 1;
  int killed_inside = 0;
  for (int i = 0; i < 50; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (std::uint64_t n = last + 1;; ++n) {
        const auto number = build(folder.path(), n);
        if (!number || *number != n) ::_exit(1);
      }
    }
    ::usleep(static_cast<useconds_t>(random.below(100'000)));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "a build failed by itself";

    const auto generation = Generation::open_current(folder.path());
    ASSERT_TRUE(generation) << generation.error().message;
    EXPECT_GE(generation->number(), current);
    current = generation->number();
    EXPECT_TRUE(holds(*generation, generation->number()));
    const auto all = *list_generations(folder.path());
    for (const std::uint64_t number : all) {
      EXPECT_TRUE(holds(*Generation::open(folder.path(), number), number));
    }
    last = all.back();
    for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "generations")) {
      killed_inside += entry.path().extension() == ".new" ? 1 : 0;
    }
  }
  EXPECT_GT(current, 1U) << "no build was finished: the test has shown nothing";
  EXPECT_GT(killed_inside, 0) << "no kill came inside a build: the test has shown nothing";
}

}  // namespace
}  // namespace limn
