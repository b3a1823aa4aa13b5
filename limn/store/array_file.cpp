#include "limn/store/array_file.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "limn/core/hash.h"

namespace limn {
namespace {

using Bytes = std::span<const std::byte>;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

bool write_all(int descriptor, Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

std::uint64_t checksum_of(const ArrayHeader& header) {
  return hash64(std::as_bytes(std::span(&header, 1)).first(offsetof(ArrayHeader, header_checksum)));
}

tl::unexpected<Error> write_failure(const std::filesystem::path& path) {
  return fail(ErrorCode::unavailable, "cannot write array: {}: {}", path.string(),
              std::generic_category().message(errno));
}

tl::unexpected<Error> damaged(const std::filesystem::path& path, std::string_view why) {
  return fail(ErrorCode::corrupt, "cannot read array: {}: {} (build again)", path.string(), why);
}

// a * b + c; nothing when that is more than a file can hold.
std::optional<std::uint64_t> multiply_add(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  std::uint64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  if (__builtin_add_overflow(result, c, &result)) return std::nullopt;
  return result;
}

// How many bytes an array of this type and shape has.
std::optional<std::uint64_t> bytes_of(ArrayType type, const std::array<std::uint64_t, 3>& shape) {
  switch (type) {
    case ArrayType::matrix: {
      const auto values = multiply_add(shape[0], shape[1], 0);
      return values ? multiply_add(*values, sizeof(float), 0) : std::nullopt;
    }
    case ArrayType::sparse: {
      const auto entries = multiply_add(shape[2], sizeof(float) + sizeof(std::uint32_t), 8);
      return entries ? multiply_add(shape[0], sizeof(std::uint64_t), *entries) : std::nullopt;
    }
    case ArrayType::strings: {
      const auto bytes = multiply_add(shape[1], 1, 8);
      return bytes ? multiply_add(shape[0], sizeof(std::uint64_t), *bytes) : std::nullopt;
    }
    case ArrayType::floats:
    case ArrayType::uint32s: return multiply_add(shape[0], 4, 0);
    case ArrayType::doubles:
    case ArrayType::int64s:
    case ArrayType::uint64s: return multiply_add(shape[0], 8, 0);
    case ArrayType::bytes: return shape[0];
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(ArrayType type) {
  switch (type) {
    case ArrayType::matrix: return "matrix";
    case ArrayType::sparse: return "sparse";
    case ArrayType::strings: return "strings";
    case ArrayType::floats: return "float32";
    case ArrayType::doubles: return "float64";
    case ArrayType::uint32s: return "uint32";
    case ArrayType::int64s: return "int64";
    case ArrayType::uint64s: return "uint64";
    case ArrayType::bytes: return "bytes";
  }
  return "unknown";
}

Result<ArrayHeader> write_array_file(const std::filesystem::path& path, ArrayType type,
                                     std::array<std::uint64_t, 3> shape,
                                     std::span<const std::span<const std::byte>> parts) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (file.number() < 0) return write_failure(path);
  ArrayHeader header{.type = type, .shape = shape};
  // A place for the header: its checksums are known once everything is written.
  if (!write_all(file.number(), std::as_bytes(std::span(&header, 1)))) return write_failure(path);
  for (const Bytes part : parts) {
    if (!write_all(file.number(), part)) return write_failure(path);
    header.payload_bytes += part.size();
  }
  {
    LIMN_TRY(const MemoryMap written, MemoryMap::open(path));
    header.payload_checksum = hash64(written.bytes().subspan(sizeof(ArrayHeader)));
  }
  header.header_checksum = checksum_of(header);
  if (::pwrite(file.number(), &header, sizeof(header), 0) != sizeof(header) ||
      ::fsync(file.number()) != 0) {
    return write_failure(path);
  }
  return header;
}

Result<ArrayFile> open_array_file(const std::filesystem::path& path, bool verify) {
  LIMN_TRY(MemoryMap map, MemoryMap::open(path));
  ArrayFile file{.map = std::move(map)};
  if (file.map.bytes().size() < sizeof(ArrayHeader)) return damaged(path, "it is cut short");
  std::memcpy(&file.header, file.map.bytes().data(), sizeof(ArrayHeader));
  const ArrayHeader& header = file.header;
  if (header.magic != ArrayHeader{}.magic) return damaged(path, "it is no array of limn");
  if (header.header_checksum != checksum_of(header)) return damaged(path, "its header is damaged");
  if (header.byte_order != ArrayHeader{}.byte_order) {
    return damaged(path, "it was written on a machine of another byte order");
  }
  if (header.payload_bytes != file.payload().size()) return damaged(path, "it is cut short");
  if (bytes_of(header.type, header.shape) != header.payload_bytes) {
    return damaged(path, "its shape and its size differ");
  }
  if (verify && hash64(file.payload()) != header.payload_checksum) {
    return damaged(path, "its checksum differs");
  }
  return file;
}

}  // namespace limn
