#include "limn/core/npy.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace limn {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

// Where the numbers begin, so that they can be read as floats in place.
constexpr std::size_t data_alignment = 64;

std::string_view trim_left(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

// What follows `'key':` in the header, a Python dictionary of plain values. Empty when it is not
// there.
std::string_view value_of(std::string_view header, std::string_view key) {
  const std::size_t found = header.find("'" + std::string(key) + "'");
  if (found == std::string_view::npos) return {};
  std::string_view rest = trim_left(header.substr(found + key.size() + 2));
  if (!rest.starts_with(':')) return {};
  return trim_left(rest.substr(1));
}

struct Shape {
  std::size_t rows = 0;
  std::size_t cols = 0;
};

// Reads "(rows, cols)".
std::optional<Shape> parse_shape(std::string_view text) {
  Shape shape;
  const auto take_number = [&](char opening, std::size_t& number) {
    text = trim_left(text);
    if (!text.starts_with(opening)) return false;
    text = trim_left(text.substr(1));
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
  };
  if (!take_number('(', shape.rows) || !take_number(',', shape.cols)) return std::nullopt;
  text = trim_left(text);
  if (!text.starts_with(')')) return std::nullopt;
  return shape;
}

struct Parts {
  std::string_view header;
  std::string_view data;
};

// Version 1 gives the header's length in two bytes, versions 2 and 3 in four, the low byte first.
std::optional<Parts> split(std::string_view bytes) {
  if (!bytes.starts_with(magic) || bytes.size() < magic.size() + 2) return std::nullopt;
  const int version = bytes[magic.size()];
  if (version < 1 || version > 3) return std::nullopt;
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  bytes.remove_prefix(magic.size() + 2);
  if (bytes.size() < length_bytes) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  bytes.remove_prefix(length_bytes);
  if (bytes.size() < length) return std::nullopt;
  return Parts{bytes.substr(0, length), bytes.substr(length)};
}

std::string header_of(MatrixView matrix) {
  std::string dictionary =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", matrix.rows(),
                  matrix.cols());
  const std::size_t before = magic.size() + 4;
  const std::size_t used = before + dictionary.size() + 1;
  dictionary.append((data_alignment - used % data_alignment) % data_alignment, ' ');
  dictionary += '\n';

  std::string header(magic);
  header += '\x01';
  header += '\x00';
  header += static_cast<char>(dictionary.size() & 0xff);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

}  // namespace

Result<NpyMatrix> NpyMatrix::open(const std::filesystem::path& path) {
  LIMN_TRY(MemoryMap map, MemoryMap::open(path));
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::corrupt, "cannot read matrix: {}: {}", path.string(), why);
  };
  const std::optional<Parts> parts = split(map.text());
  if (!parts) return refuse("not a .npy file");
  if (!value_of(parts->header, "descr").starts_with("'<f4'")) {
    return refuse("values are not little-endian float32 (save it with .astype('<f4'))");
  }
  if (!value_of(parts->header, "fortran_order").starts_with("False")) {
    return refuse("columns are stored first (save it with np.ascontiguousarray)");
  }
  const std::optional<Shape> shape = parse_shape(value_of(parts->header, "shape"));
  if (!shape) return refuse("not a matrix of two dimensions");
  const std::size_t stored = parts->data.size() / sizeof(float);
  if (shape->rows > 0 && (shape->cols == 0 || shape->rows > stored / shape->cols)) {
    return refuse("shorter than its header says");
  }
  if (reinterpret_cast<std::uintptr_t>(parts->data.data()) % alignof(float) != 0) {
    return refuse("values are not aligned (save it with NumPy 1.9 or newer)");
  }
  const auto* const values = reinterpret_cast<const float*>(parts->data.data());
  return NpyMatrix(std::move(map), MatrixView(values, shape->rows, shape->cols));
}

Result<void> write_npy(const std::filesystem::path& path, MatrixView matrix) {
  std::string bytes = header_of(matrix);
  bytes.append(reinterpret_cast<const char*>(matrix.data()),
               matrix.rows() * matrix.cols() * sizeof(float));
  return write_file_atomically(path, bytes);
}

}  // namespace limn
