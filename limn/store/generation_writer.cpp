#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "limn/core/check.h"
#include "limn/core/file.h"
#include "limn/store/generation.h"
#include "limn/store/manifest.h"

namespace limn {
namespace {

// So that a reader that has just read `current` still finds it, and that one can go back.
constexpr std::size_t generations_kept = 2;

// A lock on a file that ends with the process, however it ends.
class BuildLock {
 public:
  [[nodiscard]] static Result<BuildLock> take(const std::filesystem::path& data_folder) {
    const std::filesystem::path path = data_folder / "lock";
    BuildLock lock;
    lock.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock.descriptor_ < 0) {
      const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
      return fail(code, "cannot begin build: {}: {}", data_folder.string(),
                  std::generic_category().message(errno));
    }
    if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
      return fail(ErrorCode::unavailable,
                  "cannot begin build: {}: another build is running (wait for it)",
                  data_folder.string());
    }
    return lock;
  }

  ~BuildLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  BuildLock(BuildLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  BuildLock& operator=(BuildLock&&) = delete;

 private:
  BuildLock() = default;
  int descriptor_ = -1;
};

void remove_quietly(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
}

// What crashed builds left, and all generations but the last ones and the current one.
Result<void> remove_old(const std::filesystem::path& data_folder,
                        const std::vector<std::uint64_t>& numbers) {
  std::error_code error;
  std::vector<std::filesystem::path> unfinished;
  for (const auto& entry :
       std::filesystem::directory_iterator(generations_folder(data_folder), error)) {
    if (entry.path().extension() == ".new") unfinished.push_back(entry.path());
  }
  for (const auto& path : unfinished) remove_quietly(path);

  const Result<std::uint64_t> current = current_generation(data_folder);
  const std::size_t old = numbers.size() - std::min(numbers.size(), generations_kept);
  for (const std::uint64_t number : std::span(numbers).first(old)) {
    // The manifest goes first: without it, what a crash leaves half removed is no generation.
    if (current && *current == number) continue;
    const std::filesystem::path folder = generation_folder(data_folder, number);
    std::filesystem::remove(folder / "manifest.json", error);
    remove_quietly(folder);
  }
  return {};
}

}  // namespace

struct GenerationWriter::State {
  State(BuildLock taken, std::filesystem::path data, std::uint64_t next)
      : lock(std::move(taken)),
        data_folder(std::move(data)),
        number(next),
        folder(generation_folder(data_folder, number)),
        unfinished(folder.string() + ".new") {}
  ~State() {
    if (!committed) remove_quietly(unfinished);
  }

  Result<void> add(std::string_view name, ArrayType type, std::array<std::uint64_t, 3> shape,
                   std::initializer_list<std::span<const std::byte>> parts) {
    LIMN_CHECK(is_array_name(name));
    LIMN_CHECK(!manifest.arrays.contains(name));
    LIMN_TRY(const ArrayHeader header,
             write_array_file(unfinished / fmt::format("{}.bin", name), type, shape, parts));
    manifest.arrays.emplace(name, header);
    return {};
  }

  BuildLock lock;
  std::filesystem::path data_folder;
  std::uint64_t number;
  std::filesystem::path folder;
  std::filesystem::path unfinished;
  Manifest manifest;
  bool committed = false;
};

GenerationWriter::GenerationWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
GenerationWriter::~GenerationWriter() = default;
GenerationWriter::GenerationWriter(GenerationWriter&&) noexcept = default;
GenerationWriter& GenerationWriter::operator=(GenerationWriter&&) noexcept = default;

Result<GenerationWriter> GenerationWriter::begin(const std::filesystem::path& data_folder) {
  LIMN_TRY(BuildLock lock, BuildLock::take(data_folder));
  std::error_code error;
  std::filesystem::create_directories(generations_folder(data_folder), error);
  LIMN_TRY(const std::vector<std::uint64_t> numbers, list_generations(data_folder));
  LIMN_TRY_VOID(remove_old(data_folder, numbers));
  const std::uint64_t next = numbers.empty() ? 1 : numbers.back() + 1;
  auto state = std::make_unique<State>(std::move(lock), data_folder, next);
  // A folder of that name without a manifest is what remove_old() could not finish.
  remove_quietly(state->folder);
  std::filesystem::create_directory(state->unfinished, error);
  if (error) {
    return fail(ErrorCode::unavailable, "cannot begin build: {}: {}", state->unfinished.string(),
                error.message());
  }
  return GenerationWriter(std::move(state));
}

std::uint64_t GenerationWriter::number() const {
  return state_->number;
}

Result<void> GenerationWriter::add(std::string_view name, MatrixView matrix) {
  const std::span<const float> values(matrix.data(), matrix.rows() * matrix.cols());
  return state_->add(name, ArrayType::matrix, {matrix.rows(), matrix.cols()},
                     {std::as_bytes(values)});
}

Result<void> GenerationWriter::add(std::string_view name, SparseView matrix) {
  // A view of no rows may have no offsets at all; the file always has one more than rows.
  static constexpr std::uint64_t zero = 0;
  const std::span<const std::uint64_t> offsets =
      matrix.offsets().empty() ? std::span(&zero, 1) : matrix.offsets();
  return state_->add(
      name, ArrayType::sparse, {matrix.rows(), matrix.cols(), matrix.nonzeros()},
      {std::as_bytes(offsets), std::as_bytes(matrix.values()), std::as_bytes(matrix.indices())});
}

Result<void> GenerationWriter::add(std::string_view name, std::span<const float> values) {
  return state_->add(name, ArrayType::floats, {values.size()}, {std::as_bytes(values)});
}

Result<void> GenerationWriter::add(std::string_view name, std::span<const double> values) {
  return state_->add(name, ArrayType::doubles, {values.size()}, {std::as_bytes(values)});
}

Result<void> GenerationWriter::add(std::string_view name, std::span<const std::uint32_t> values) {
  return state_->add(name, ArrayType::uint32s, {values.size()}, {std::as_bytes(values)});
}

Result<void> GenerationWriter::add(std::string_view name, std::span<const std::int64_t> values) {
  return state_->add(name, ArrayType::int64s, {values.size()}, {std::as_bytes(values)});
}

Result<void> GenerationWriter::add(std::string_view name, std::span<const std::uint64_t> values) {
  return state_->add(name, ArrayType::uint64s, {values.size()}, {std::as_bytes(values)});
}

Result<void> GenerationWriter::add(std::string_view name, std::span<const std::byte> values) {
  return state_->add(name, ArrayType::bytes, {values.size()}, {values});
}

Result<void> GenerationWriter::add_strings(std::string_view name,
                                           std::span<const std::string> strings) {
  std::vector<std::uint64_t> offsets = {0};
  std::string bytes;
  for (const std::string& text : strings) {
    bytes += text;
    offsets.push_back(bytes.size());
  }
  return state_->add(name, ArrayType::strings, {strings.size(), bytes.size()},
                     {std::as_bytes(std::span(offsets)), std::as_bytes(std::span(bytes))});
}

// Each rename comes after a sync of what it makes visible.
Result<void> GenerationWriter::commit(const JsonObject& manifest) {
  LIMN_CHECK(!state_->committed);
  LIMN_CHECK(!manifest.contains("checksum") && !manifest.contains("files"));
  state_->manifest.words = manifest;
  LIMN_TRY_VOID(write_manifest(state_->unfinished, state_->manifest));
  std::error_code error;
  std::filesystem::rename(state_->unfinished, state_->folder, error);
  if (error) {
    return fail(ErrorCode::unavailable, "cannot finish build: {}: {}", state_->folder.string(),
                error.message());
  }
  state_->committed = true;
  LIMN_TRY_VOID(sync_folder(generations_folder(state_->data_folder)));
  LIMN_TRY_VOID(sync_folder(state_->data_folder));
  return write_current(state_->data_folder, state_->number);
}

}  // namespace limn
