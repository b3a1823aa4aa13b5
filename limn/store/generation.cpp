#include "limn/store/generation.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "limn/core/parallel.h"
#include "limn/store/array_file.h"
#include "limn/store/manifest.h"

namespace limn {
namespace {

template <typename T>
std::span<const T> part_of(const ArrayFile& file, std::size_t begin, std::size_t count) {
  // The file is mapped at a page and its array begins at byte 64; every part's offset is a multiple
  // of its type's size. So the values are aligned.
  const std::span<const std::byte> bytes = file.payload().subspan(begin, count * sizeof(T));
  return {reinterpret_cast<const T*>(bytes.data()), count};
}

tl::unexpected<Error> damaged(const std::filesystem::path& path, std::string_view why) {
  return fail(ErrorCode::corrupt, "cannot read array: {}: {} (build again)", path.string(), why);
}

bool offsets_are_sound(std::span<const std::uint64_t> offsets, std::uint64_t end) {
  return offsets.front() == 0 && offsets.back() == end && std::ranges::is_sorted(offsets);
}

// Whether columns ascend within every row and are below `cols`.
bool indices_are_sound(const SparseView& matrix) {
  for (std::size_t r = 0; r < matrix.rows(); ++r) {
    const std::span<const std::uint32_t> cols = matrix.row(r).cols;
    if (!cols.empty() && cols.back() >= matrix.cols()) return false;
    if (std::ranges::adjacent_find(cols, std::ranges::greater_equal{}) != cols.end()) return false;
  }
  return true;
}

// The number of a folder such as 000007; nothing for any other name.
std::optional<std::uint64_t> number_of(const std::string& name) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_number = error == std::errc() && end == name.data() + name.size();
  if (!is_number || name != fmt::format("{:06}", number)) return std::nullopt;
  return number;
}

template <typename T>
constexpr ArrayType array_type();
template <>
constexpr ArrayType array_type<float>() {
  return ArrayType::floats;
}
template <>
constexpr ArrayType array_type<double>() {
  return ArrayType::doubles;
}
template <>
constexpr ArrayType array_type<std::uint32_t>() {
  return ArrayType::uint32s;
}
template <>
constexpr ArrayType array_type<std::int64_t>() {
  return ArrayType::int64s;
}
template <>
constexpr ArrayType array_type<std::uint64_t>() {
  return ArrayType::uint64s;
}
template <>
constexpr ArrayType array_type<std::byte>() {
  return ArrayType::bytes;
}

}  // namespace

struct Generation::State {
  std::uint64_t number = 0;
  std::filesystem::path folder;
  JsonObject words;
  std::map<std::string, ArrayFile, std::less<>> files;

  [[nodiscard]] std::filesystem::path path_of(std::string_view name) const {
    return folder / fmt::format("{}.bin", name);
  }

  [[nodiscard]] Result<const ArrayFile*> find(std::string_view name, ArrayType type) const {
    const auto found = files.find(name);
    if (found == files.end()) {
      return fail(ErrorCode::not_found, "cannot read array: {}: no such file (build again)",
                  path_of(name).string());
    }
    if (found->second.header.type != type) {
      return fail(ErrorCode::corrupt, "cannot read array: {}: it is {}, not {} (build again)",
                  path_of(name).string(), name_of(found->second.header.type), name_of(type));
    }
    return &found->second;
  }
};

Generation::Generation(std::unique_ptr<State> state) : state_(std::move(state)) {}
Generation::~Generation() = default;
Generation::Generation(Generation&&) noexcept = default;
Generation& Generation::operator=(Generation&&) noexcept = default;

Result<Generation> Generation::open_current(const std::filesystem::path& data_folder,
                                            const GenerationOptions& options) {
  LIMN_TRY(const std::uint64_t number, current_generation(data_folder));
  Result<Generation> generation = open(data_folder, number, options);
  if (generation) return generation;
  // Builds may have replaced it and removed it since we read its number.
  LIMN_TRY(const std::uint64_t now, current_generation(data_folder));
  if (now != number) return open(data_folder, now, options);
  if (generation.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::corrupt,
                "cannot open generation: {}: `current` names {}, which is gone "
                "(build again)",
                data_folder.string(), number);
  }
  return generation;
}

Result<Generation> Generation::open(const std::filesystem::path& data_folder, std::uint64_t number,
                                    const GenerationOptions& options) {
  auto state = std::make_unique<State>();
  state->number = number;
  state->folder = generation_folder(data_folder, number);
  LIMN_TRY(Manifest manifest, read_manifest(state->folder));
  state->words = std::move(manifest.words);

  const std::vector<std::pair<std::string, ArrayHeader>> listed(manifest.arrays.begin(),
                                                                manifest.arrays.end());
  std::vector<Result<ArrayFile>> files(listed.size());
  parallel_for(listed.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      files[i] = open_array_file(state->path_of(listed[i].first), options.verify);
    }
  });
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const auto& [name, expected] = listed[i];
    if (!files[i] && files[i].error().code == ErrorCode::not_found) {
      return damaged(state->path_of(name), "the manifest lists it, and it is gone");
    }
    LIMN_TRY(ArrayFile file, std::move(files[i]));
    if (file.header.type != expected.type || file.header.shape != expected.shape ||
        file.header.payload_bytes != expected.payload_bytes ||
        file.header.payload_checksum != expected.payload_checksum) {
      return damaged(state->path_of(name), "it is not the one that the manifest lists");
    }
    state->files.emplace(name, std::move(file));
  }
  return Generation(std::move(state));
}

std::uint64_t Generation::number() const {
  return state_->number;
}

const JsonObject& Generation::manifest() const {
  return state_->words;
}

std::vector<std::string> Generation::names() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : state_->files) names.push_back(name);
  return names;
}

bool Generation::contains(std::string_view name) const {
  return state_->files.contains(name);
}

std::size_t Generation::bytes() const {
  std::size_t bytes = 0;
  for (const auto& [name, file] : state_->files) bytes += file.map.bytes().size();
  return bytes;
}

Result<MatrixView> Generation::matrix(std::string_view name) const {
  LIMN_TRY(const ArrayFile* const file, state_->find(name, ArrayType::matrix));
  const auto [rows, cols, unused] = file->header.shape;
  return MatrixView(part_of<float>(*file, 0, rows * cols).data(), rows, cols);
}

Result<SparseView> Generation::sparse(std::string_view name) const {
  LIMN_TRY(const ArrayFile* const file, state_->find(name, ArrayType::sparse));
  const auto [rows, cols, nonzeros] = file->header.shape;
  const auto offsets = part_of<std::uint64_t>(*file, 0, rows + 1);
  const auto values = part_of<float>(*file, offsets.size_bytes(), nonzeros);
  const auto indices =
      part_of<std::uint32_t>(*file, offsets.size_bytes() + values.size_bytes(), nonzeros);
  const SparseView matrix(offsets, indices, values, cols);
  if (!offsets_are_sound(offsets, nonzeros) || !indices_are_sound(matrix)) {
    return damaged(state_->path_of(name), "its rows or columns are out of bounds");
  }
  return matrix;
}

template <typename T>
Result<std::span<const T>> Generation::array(std::string_view name) const {
  LIMN_TRY(const ArrayFile* const file, state_->find(name, array_type<T>()));
  return part_of<T>(*file, 0, file->header.shape[0]);
}

template Result<std::span<const float>> Generation::array(std::string_view) const;
template Result<std::span<const double>> Generation::array(std::string_view) const;
template Result<std::span<const std::uint32_t>> Generation::array(std::string_view) const;
template Result<std::span<const std::int64_t>> Generation::array(std::string_view) const;
template Result<std::span<const std::uint64_t>> Generation::array(std::string_view) const;
template Result<std::span<const std::byte>> Generation::array(std::string_view) const;

Result<StringTable> Generation::strings(std::string_view name) const {
  LIMN_TRY(const ArrayFile* const file, state_->find(name, ArrayType::strings));
  const auto [count, bytes, unused] = file->header.shape;
  const auto offsets = part_of<std::uint64_t>(*file, 0, count + 1);
  const auto text = part_of<char>(*file, offsets.size_bytes(), bytes);
  if (!offsets_are_sound(offsets, bytes)) {
    return damaged(state_->path_of(name), "its strings are out of bounds");
  }
  return StringTable(offsets, {text.data(), text.size()});
}

Result<std::vector<std::uint64_t>> list_generations(const std::filesystem::path& data_folder) {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator(generations_folder(data_folder), error)) {
    const auto number = number_of(entry.path().filename().string());
    std::error_code gone;
    if (number && std::filesystem::exists(entry.path() / "manifest.json", gone)) {
      numbers.push_back(*number);
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::unavailable, "cannot list generations: {}: {}", data_folder.string(),
                error.message());
  }
  std::ranges::sort(numbers);
  return numbers;
}

Result<void> use_generation(const std::filesystem::path& data_folder, std::uint64_t number) {
  LIMN_TRY(const Generation whole, Generation::open(data_folder, number));
  return write_current(data_folder, whole.number());
}

}  // namespace limn
