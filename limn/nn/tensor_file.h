// TensorFile: the named tensors of a model folder, in safetensors files that are mapped, not read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/file.h"
#include "limn/core/result.h"

namespace limn {

// One tensor as its file stores it. Borrows from the TensorFile.
struct Tensor {
  std::string type;                // "F32", "F16", "BF16", "I64", ...
  std::vector<std::size_t> shape;  // outermost first; empty for a scalar
  std::span<const std::byte> bytes;
};

// Numbers as floats: borrowed from the file where it stores them so, converted otherwise.
class Floats {
 public:
  explicit Floats(std::span<const float> borrowed) : values_(borrowed) {}
  explicit Floats(std::vector<float> owned) : owned_(std::move(owned)), values_(owned_) {}
  Floats(Floats&&) noexcept = default;
  Floats& operator=(Floats&&) noexcept = default;

  [[nodiscard]] std::span<const float> values() const { return values_; }

 private:
  std::vector<float> owned_;
  std::span<const float> values_;
};

// `model.safetensors` of a folder, or the parts that `model.safetensors.index.json` names.
//
// Every byte is checked before it is used: whatever the files hold, opening them ends in tensors
// that lie inside their file, do not overlap and have the size of their shape, or in an error.
class TensorFile {
 public:
  // Errors: not_found, unavailable, corrupt.
  [[nodiscard]] static Result<TensorFile> open(const std::filesystem::path& folder);

  [[nodiscard]] bool contains(std::string_view name) const;

  // The tensor's values, outermost dimension first; a borrowed answer lives as long as this file.
  // Errors: not_found without such a tensor; corrupt when its shape is not `shape`, or its type is
  // none of F32, F16 and BF16.
  [[nodiscard]] Result<Floats> read(std::string_view name,
                                    std::span<const std::size_t> shape) const;

  [[nodiscard]] const std::map<std::string, Tensor, std::less<>>& tensors() const {
    return tensors_;
  }

  // Hash of all bytes of all parts: another model has another one. Reads the files once, and gives
  // their memory back.
  [[nodiscard]] std::uint64_t fingerprint() const;

  // Gives back the memory of what was read so far; it can be read again.
  void release() const;

 private:
  Result<void> add_part(const std::filesystem::path& path);

  std::vector<MemoryMap> parts_;
  std::map<std::string, Tensor, std::less<>> tensors_;
};

// The tensors of one safetensors file, all of whose bytes are `file`. Errors: corrupt, naming
// `source` and the tensor.
[[nodiscard]] Result<std::map<std::string, Tensor, std::less<>>> parse_safetensors(
    std::span<const std::byte> file, std::string_view source);

// A tensor's numbers, of type F64, F32, F16, BF16, I64 or I8, as floats; nothing for another type.
// Borrowed where they are stored so. O(n).
[[nodiscard]] std::optional<Floats> to_floats(const Tensor& tensor);

// IEEE half precision and bfloat16, exactly.
[[nodiscard]] float from_half(std::uint16_t bits);
[[nodiscard]] float from_bfloat16(std::uint16_t bits);

}  // namespace limn
