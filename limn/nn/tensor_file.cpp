// The safetensors format: eight bytes with the length of a JSON header, the header (name -> type,
// shape, [begin, end) of the bytes behind the header), then the bytes.
// https://huggingface.co/docs/safetensors
#include "limn/nn/tensor_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include "limn/core/hash.h"
#include "limn/core/json.h"

namespace limn {
namespace {

using Tensors = std::map<std::string, Tensor, std::less<>>;

// The format's own limit; it keeps a hostile header from being parsed for minutes.
constexpr std::uint64_t most_header_bytes = 100'000'000;

struct TypeSize {
  std::string_view type;
  std::size_t bytes;
};

constexpr std::array<TypeSize, 12> type_sizes{{{"F32", 4},
                                               {"F16", 2},
                                               {"BF16", 2},
                                               {"F64", 8},
                                               {"I64", 8},
                                               {"I32", 4},
                                               {"I16", 2},
                                               {"I8", 1},
                                               {"U64", 8},
                                               {"U32", 4},
                                               {"U8", 1},
                                               {"BOOL", 1}}};

std::optional<std::size_t> size_of_type(std::string_view type) {
  for (const TypeSize& known : type_sizes) {
    if (known.type == type) return known.bytes;
  }
  return std::nullopt;
}

// A whole number of 0 or more; Boost reads those above 2^63 as unsigned.
std::optional<std::uint64_t> as_count(const Json& json) {
  if (json.is_uint64()) return json.get_uint64();
  if (json.is_int64() && json.get_int64() >= 0) {
    return static_cast<std::uint64_t>(json.get_int64());
  }
  return std::nullopt;
}

std::optional<std::vector<std::uint64_t>> as_counts(const Json* json) {
  if (json == nullptr || !json->is_array()) return std::nullopt;
  std::vector<std::uint64_t> counts;
  for (const Json& value : json->get_array()) {
    const auto count = as_count(value);
    if (!count) return std::nullopt;
    counts.push_back(*count);
  }
  return counts;
}

// The product, unless it is above `most`.
std::optional<std::uint64_t> product(std::span<const std::uint64_t> factors, std::uint64_t first,
                                     std::uint64_t most) {
  std::uint64_t result = first;
  for (const std::uint64_t factor : factors) {
    if (__builtin_mul_overflow(result, factor, &result)) return std::nullopt;
  }
  if (result > most) return std::nullopt;
  return result;
}

// One entry of the header; nothing when it does not describe bytes of `data`.
std::optional<Tensor> parse_tensor(const Json& entry, std::span<const std::byte> data) {
  const JsonObject* object = entry.if_object();
  if (object == nullptr) return std::nullopt;
  const Json* type = object->if_contains("dtype");
  if (type == nullptr || !type->is_string()) return std::nullopt;
  Tensor tensor{.type = std::string(type->get_string())};

  const auto type_bytes = size_of_type(tensor.type);
  const auto shape = as_counts(object->if_contains("shape"));
  const auto offsets = as_counts(object->if_contains("data_offsets"));
  if (!type_bytes || !shape || !offsets || offsets->size() != 2) return std::nullopt;

  const auto bytes = product(*shape, *type_bytes, data.size());
  const std::uint64_t begin = (*offsets)[0];
  const std::uint64_t end = (*offsets)[1];
  if (!bytes || begin > end || end > data.size() || end - begin != *bytes) return std::nullopt;
  tensor.shape.assign(shape->begin(), shape->end());
  tensor.bytes = data.subspan(begin, *bytes);
  return tensor;
}

// The name of a tensor that shares bytes with the one before it.
std::optional<std::string> find_overlap(const Tensors& tensors) {
  std::vector<std::pair<const std::byte*, const Tensors::value_type*>> by_place;
  for (const auto& entry : tensors) {
    if (!entry.second.bytes.empty()) by_place.emplace_back(entry.second.bytes.data(), &entry);
  }
  std::sort(by_place.begin(), by_place.end());
  for (std::size_t i = 1; i < by_place.size(); ++i) {
    const std::span<const std::byte> before = by_place[i - 1].second->second.bytes;
    if (by_place[i].first < before.data() + before.size()) return by_place[i].second->first;
  }
  return std::nullopt;
}

// Each number as `convert` makes it from how it is stored.
template <typename Stored, typename Convert>
Floats converted(std::span<const std::byte> bytes, const Convert& convert) {
  std::vector<float> values(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = convert(stored);
  }
  return Floats(std::move(values));
}

// The files that an index names, each once, in order.
Result<std::set<std::string>> read_index(const std::filesystem::path& path) {
  LIMN_TRY(const std::string bytes, read_file(path));
  LIMN_TRY(const Json index, parse_json(bytes, path.string()));
  const JsonObject* object = index.if_object();
  const Json* names = object == nullptr ? nullptr : object->if_contains("weight_map");
  if (names == nullptr || !names->is_object()) {
    return fail(ErrorCode::corrupt, "cannot read model: {}: weight_map is missing", path.string());
  }
  std::set<std::string> files;
  for (const auto& [tensor, file] : names->get_object()) {
    const std::string name = file.is_string() ? std::string(file.get_string()) : std::string();
    // A plain name: an index must not reach out of its folder.
    if (name.empty() || name == ".." || name.find('/') != std::string::npos) {
      return fail(ErrorCode::corrupt, "cannot read model: {}: the file of tensor {} is not valid",
                  path.string(), std::string_view(tensor));
    }
    files.insert(name);
  }
  return files;
}

}  // namespace

std::optional<Floats> to_floats(const Tensor& tensor) {
  const std::span<const std::byte> bytes = tensor.bytes;
  const auto cast = [](auto stored) { return static_cast<float>(stored); };
  if (tensor.type == "F32") {
    const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(float) == 0;
    if (bytes.empty() || !aligned) return converted<float>(bytes, cast);
    return Floats(
        std::span(reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)));
  }
  if (tensor.type == "F16") return converted<std::uint16_t>(bytes, from_half);
  if (tensor.type == "BF16") return converted<std::uint16_t>(bytes, from_bfloat16);
  if (tensor.type == "F64") return converted<double>(bytes, cast);
  if (tensor.type == "I64") return converted<std::int64_t>(bytes, cast);
  if (tensor.type == "I8") return converted<std::int8_t>(bytes, cast);
  return std::nullopt;
}

Result<Tensors> parse_safetensors(std::span<const std::byte> file, std::string_view source) {
  const auto corrupt = [&](std::string_view what) {
    return fail(ErrorCode::corrupt, "cannot read model: {}: {} is not valid", source, what);
  };
  std::uint64_t header_bytes = 0;
  if (file.size() < sizeof(header_bytes)) return corrupt("the header's length");
  std::memcpy(&header_bytes, file.data(), sizeof(header_bytes));
  const std::span<const std::byte> rest = file.subspan(sizeof(header_bytes));
  if (header_bytes > std::min<std::uint64_t>(rest.size(), most_header_bytes)) {
    return corrupt("the header's length");
  }

  const std::string_view text(reinterpret_cast<const char*>(rest.data()), header_bytes);
  LIMN_TRY(const Json header, parse_json(text, source));
  if (!header.is_object()) return corrupt("the header");
  Tensors tensors;
  for (const auto& [key, entry] : header.get_object()) {
    const std::string name(key);
    if (name == "__metadata__") continue;
    auto tensor = parse_tensor(entry, rest.subspan(header_bytes));
    if (!tensor) return corrupt("tensor " + name);
    tensors.emplace(name, std::move(*tensor));
  }
  if (const auto name = find_overlap(tensors)) return corrupt("tensor " + *name + " (it overlaps)");
  return tensors;
}

Result<TensorFile> TensorFile::open(const std::filesystem::path& folder) {
  TensorFile model;
  const std::filesystem::path index = folder / "model.safetensors.index.json";
  std::error_code ignored;  // a folder that cannot be looked into fails when it is read
  if (!std::filesystem::exists(index, ignored)) {
    LIMN_TRY_VOID(model.add_part(folder / "model.safetensors"));
    return model;
  }
  LIMN_TRY(const std::set<std::string> files, read_index(index));
  for (const std::string& file : files) LIMN_TRY_VOID(model.add_part(folder / file));
  return model;
}

Result<void> TensorFile::add_part(const std::filesystem::path& path) {
  LIMN_TRY(MemoryMap part, MemoryMap::open(path));
  LIMN_TRY(Tensors tensors, parse_safetensors(part.bytes(), path.string()));
  for (auto& [name, tensor] : tensors) {
    if (!tensors_.emplace(name, std::move(tensor)).second) {
      return fail(ErrorCode::corrupt, "cannot read model: {}: tensor {} is in two files",
                  path.string(), name);
    }
  }
  parts_.push_back(std::move(part));
  return {};
}

bool TensorFile::contains(std::string_view name) const {
  return tensors_.find(name) != tensors_.end();
}

Result<Floats> TensorFile::read(std::string_view name, std::span<const std::size_t> shape) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    return fail(ErrorCode::not_found, "cannot read model: tensor {} is missing", name);
  }
  const Tensor& tensor = found->second;
  if (!std::equal(shape.begin(), shape.end(), tensor.shape.begin(), tensor.shape.end())) {
    return fail(ErrorCode::corrupt,
                "cannot read model: tensor {} has shape [{}] (by config.json it has [{}])", name,
                fmt::join(tensor.shape, ", "), fmt::join(shape, ", "));
  }
  if (tensor.type != "F32" && tensor.type != "F16" && tensor.type != "BF16") {
    return fail(ErrorCode::corrupt, "cannot read model: tensor {} is of type {} (use F32)", name,
                tensor.type);
  }
  return std::move(*to_floats(tensor));
}

std::uint64_t TensorFile::fingerprint() const {
  std::uint64_t hash = 0;
  for (const MemoryMap& part : parts_) {
    hash = hash64(part.bytes(), hash);
    part.release();
  }
  return hash;
}

void TensorFile::release() const {
  for (const MemoryMap& part : parts_) part.release();
}

float from_half(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000U) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1F;
  const std::uint32_t fraction = bits & 0x3FF;
  if (exponent == 0) {  // zero, or a number below 2^-14, exact in a float
    const float magnitude = static_cast<float>(fraction) * 0x1.0p-24F;
    return sign == 0 ? magnitude : -magnitude;
  }
  // 112 is the difference of the two exponents' biases; infinity and NaN keep the highest one.
  const std::uint32_t wide = exponent == 0x1F ? 0xFF : exponent + 112;
  return std::bit_cast<float>(sign | (wide << 23) | (fraction << 13));
}

float from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace limn
