#include "limn/store/manifest.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "limn/core/file.h"
#include "limn/core/hash.h"
#include "limn/store/generation.h"

namespace limn {
namespace {

// A manifest begins with its own checksum: of the whole text, with zeros in this place.
constexpr std::string_view manifest_begin = "{\n  \"checksum\": \"";
constexpr std::string_view no_checksum = "0000000000000000";

tl::unexpected<Error> damaged(const std::filesystem::path& path) {
  return fail(ErrorCode::corrupt, "cannot read generation: {}: damaged (build again)",
              path.string());
}

JsonObject describe(std::string_view name, const ArrayHeader& header) {
  JsonArray shape;
  for (const std::uint64_t size : header.shape) shape.emplace_back(size);
  JsonObject entry;
  entry.emplace("name", name);
  entry.emplace("type", name_of(header.type));
  entry.emplace("type_number", static_cast<std::uint32_t>(header.type));
  entry.emplace("shape", std::move(shape));
  entry.emplace("bytes", header.payload_bytes);
  entry.emplace("checksum", to_hex(header.payload_checksum));
  return entry;
}

std::optional<std::uint64_t> from_hex(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> count_in(const JsonObject& entry, std::string_view key) {
  const Json* const value = entry.if_contains(key);
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) return std::nullopt;
  return static_cast<std::uint64_t>(value->get_int64());
}

std::optional<std::string_view> text_in(const JsonObject& entry, std::string_view key) {
  const Json* const value = entry.if_contains(key);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

std::optional<ArrayHeader> header_in(const JsonObject& entry) {
  const auto type = count_in(entry, "type_number");
  const auto bytes = count_in(entry, "bytes");
  const auto digits = text_in(entry, "checksum");
  const auto checksum = digits ? from_hex(*digits) : std::nullopt;
  const Json* const shape = entry.if_contains("shape");
  if (!type || !bytes || !checksum || shape == nullptr || !shape->is_array()) return std::nullopt;
  ArrayHeader header{.type = static_cast<ArrayType>(*type),
                     .payload_bytes = *bytes,
                     .payload_checksum = *checksum};
  if (shape->get_array().size() != header.shape.size()) return std::nullopt;
  for (std::size_t i = 0; i < header.shape.size(); ++i) {
    const Json& size = shape->get_array()[i];
    if (!size.is_int64() || size.get_int64() < 0) return std::nullopt;
    header.shape[i] = static_cast<std::uint64_t>(size.get_int64());
  }
  return header;
}

// Takes the arrays out of "files"; false when one entry is not as describe() made it.
bool read_files(const Json& files, Manifest& manifest) {
  if (!files.is_array()) return false;
  return std::ranges::all_of(files.get_array(), [&](const Json& entry) {
    if (!entry.is_object()) return false;
    const auto name = text_in(entry.get_object(), "name");
    const auto header = header_in(entry.get_object());
    return name && header && is_array_name(*name) && manifest.arrays.emplace(*name, *header).second;
  });
}

}  // namespace

bool is_array_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return ('a' <= c && c <= 'z') || ('0' <= c && c <= '9') || c == '_' || c == '.';
  });
}

std::filesystem::path generations_folder(const std::filesystem::path& data_folder) {
  return data_folder / "generations";
}

std::filesystem::path generation_folder(const std::filesystem::path& data_folder,
                                        std::uint64_t number) {
  return generations_folder(data_folder) / fmt::format("{:06}", number);
}

Result<void> write_manifest(const std::filesystem::path& folder, const Manifest& manifest) {
  JsonObject object;
  object.emplace("checksum", no_checksum);
  for (const auto& [key, value] : manifest.words) object.emplace(key, value);
  JsonArray files;
  for (const auto& [name, header] : manifest.arrays) files.emplace_back(describe(name, header));
  object.emplace("files", std::move(files));
  std::string text = to_pretty_text(object) + "\n";
  text.replace(manifest_begin.size(), no_checksum.size(), to_hex(hash64(text)));
  return write_file_atomically(folder / "manifest.json", text);
}

Result<Manifest> read_manifest(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "manifest.json";
  LIMN_TRY(std::string text, read_file(path));
  if (text.size() < manifest_begin.size() + no_checksum.size() ||
      !text.starts_with(manifest_begin)) {
    return damaged(path);
  }
  const std::string digits = text.substr(manifest_begin.size(), no_checksum.size());
  text.replace(manifest_begin.size(), no_checksum.size(), no_checksum);
  if (to_hex(hash64(text)) != digits) return damaged(path);

  LIMN_TRY(const Json json, parse_json(text, path.string()));
  Manifest manifest;
  if (!json.is_object()) return damaged(path);
  for (const auto& [key, value] : json.get_object()) {
    if (key == "files") {
      if (!read_files(value, manifest)) return damaged(path);
    } else if (key != "checksum") {
      manifest.words.emplace(key, value);
    }
  }
  return manifest;
}

// "000007 6e1f...": the number and its checksum, for a changed digit may name another generation.
Result<void> write_current(const std::filesystem::path& data_folder, std::uint64_t number) {
  const std::string digits = fmt::format("{:06}", number);
  return write_file_atomically(data_folder / "current",
                               fmt::format("{} {}\n", digits, to_hex(hash64(digits))));
}

Result<std::uint64_t> current_generation(const std::filesystem::path& data_folder) {
  const std::filesystem::path path = data_folder / "current";
  const Result<std::string> text = read_file(path);
  if (!text && text.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::not_found,
                "cannot open generation: {}: nothing was built yet (run "
                "`limn build`)",
                data_folder.string());
  }
  if (!text) return tl::unexpected<Error>(text.error());
  const std::string digits = text->substr(0, text->find(' '));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_number = error == std::errc() && end == digits.data() + digits.size();
  if (!is_number || *text != fmt::format("{} {}\n", digits, to_hex(hash64(digits)))) {
    return damaged(path);
  }
  return number;
}

}  // namespace limn
