// Generations: what one build made, as files that nobody changes.
//
//   DATA/generations/000007/manifest.json   what the build says of itself, and a list of the files
//   DATA/generations/000007/NAME.bin        one array: a header of 64 bytes, then its bytes
//   DATA/current                            the number of the generation in use
//
// A build writes generations/000008.new, syncs it, renames it to 000008 and then replaces
// `current`: a crash at any moment leaves the old one or the new one in use, whole. The same arrays
// and the same manifest give the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/core/sparse.h"

namespace limn {

// Strings one after the other, borrowed from a generation.
class StringTable {
 public:
  StringTable() = default;
  // `offsets` has size + 1 entries; string i is bytes offsets[i] to offsets[i + 1].
  StringTable(std::span<const std::uint64_t> offsets, std::string_view bytes)
      : offsets_(offsets), bytes_(bytes) {}

  [[nodiscard]] std::size_t size() const { return offsets_.empty() ? 0 : offsets_.size() - 1; }
  // Requires i < size().
  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    return bytes_.substr(offsets_[i], offsets_[i + 1] - offsets_[i]);
  }

 private:
  std::span<const std::uint64_t> offsets_;
  std::string_view bytes_;
};

// Writes one generation. Names are of a-z, 0-9, '_' and '.', and each is added once. One thread at
// a time; one writer a data folder: a second gets `unavailable`.
//
// Errors of every member: unavailable (disk full, folder not writable).
class GenerationWriter {
 public:
  // Begins the generation after the newest one. Removes what crashed builds left, and generations
  // older than the last two. Errors: not_found when there is no such data folder.
  [[nodiscard]] static Result<GenerationWriter> begin(const std::filesystem::path& data_folder);

  ~GenerationWriter();  // removes what was written, unless it was committed
  GenerationWriter(GenerationWriter&&) noexcept;
  GenerationWriter& operator=(GenerationWriter&&) noexcept;

  [[nodiscard]] std::uint64_t number() const;

  [[nodiscard]] Result<void> add(std::string_view name, MatrixView matrix);
  [[nodiscard]] Result<void> add(std::string_view name, SparseView matrix);
  [[nodiscard]] Result<void> add(std::string_view name, std::span<const float> values);
  [[nodiscard]] Result<void> add(std::string_view name, std::span<const double> values);
  [[nodiscard]] Result<void> add(std::string_view name, std::span<const std::uint32_t> values);
  [[nodiscard]] Result<void> add(std::string_view name, std::span<const std::int64_t> values);
  [[nodiscard]] Result<void> add(std::string_view name, std::span<const std::uint64_t> values);
  [[nodiscard]] Result<void> add(std::string_view name, std::span<const std::byte> values);
  [[nodiscard]] Result<void> add_strings(std::string_view name,
                                         std::span<const std::string> strings);

  // Writes the manifest, syncs, and makes this the current generation. To be called once, last. The
  // keys "checksum" and "files" are the writer's own.
  [[nodiscard]] Result<void> commit(const JsonObject& manifest);

 private:
  struct State;
  explicit GenerationWriter(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

struct GenerationOptions {
  bool verify = true;  // compare every checksum at open(); about 10 GB/s
};

// One generation, mapped read-only; what its getters return lives as long as it does. Any thread
// may call any member.
//
// Errors of the getters: not_found (no such name); corrupt (of another type than asked for).
class Generation {
 public:
  // The one in use. Errors: not_found when nothing was built yet; corrupt, naming the file.
  [[nodiscard]] static Result<Generation> open_current(const std::filesystem::path& data_folder,
                                                       const GenerationOptions& options = {});
  [[nodiscard]] static Result<Generation> open(const std::filesystem::path& data_folder,
                                               std::uint64_t number,
                                               const GenerationOptions& options = {});

  ~Generation();
  Generation(Generation&&) noexcept;
  Generation& operator=(Generation&&) noexcept;

  [[nodiscard]] std::uint64_t number() const;
  // What commit() was given.
  [[nodiscard]] const JsonObject& manifest() const;
  // The arrays' names, in order.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] bool contains(std::string_view name) const;
  // Of all files together.
  [[nodiscard]] std::size_t bytes() const;

  [[nodiscard]] Result<MatrixView> matrix(std::string_view name) const;
  // O(nonzeros): checks that every index is within bounds.
  [[nodiscard]] Result<SparseView> sparse(std::string_view name) const;
  // T is float, double, uint32_t, int64_t, uint64_t or byte.
  template <typename T>
  [[nodiscard]] Result<std::span<const T>> array(std::string_view name) const;
  // O(strings): checks that every offset is within bounds.
  [[nodiscard]] Result<StringTable> strings(std::string_view name) const;

 private:
  struct State;
  explicit Generation(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// The number in DATA/current. Errors: not_found when nothing was built yet; corrupt.
[[nodiscard]] Result<std::uint64_t> current_generation(const std::filesystem::path& data_folder);

// The numbers of all whole generations, ascending.
[[nodiscard]] Result<std::vector<std::uint64_t>> list_generations(
    const std::filesystem::path& data_folder);

// Makes an older generation the one in use. Errors: not_found, corrupt.
[[nodiscard]] Result<void> use_generation(const std::filesystem::path& data_folder,
                                          std::uint64_t number);

}  // namespace limn
