#include "limn/ingest/source.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>

#include "limn/ingest/csv.h"
#include "limn/ingest/jsonl.h"
#include "limn/ingest/repair.h"
#include "limn/ingest/table.h"

namespace limn {
namespace {

// A header is looked for in these; a longer one is no header.
constexpr std::size_t head_bytes = 1 << 20;

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// The first line's cells, normalized, to ask what it names.
class Header {
 public:
  Header(std::string_view text, bool quotes) {
    const std::string_view head = text.substr(0, head_bytes);
    CsvDialect dialect = detect_dialect(head);
    dialect.quotes = quotes;
    tabs_ = dialect.delimiter == '\t';
    cells_ = header_of(head, dialect, /*typed=*/false);
  }

  [[nodiscard]] bool names(std::string_view normalized) const {
    return std::any_of(cells_.begin(), cells_.end(), [&](const std::string& cell) {
      return normalized_name(cell) == normalized;
    });
  }
  [[nodiscard]] bool tabs() const { return tabs_; }
  [[nodiscard]] RecordKind kind(const NameHint& hint) const {
    const std::vector<std::string_view> names(cells_.begin(), cells_.end());
    return kind_of(names, hint);
  }

 private:
  std::vector<std::string> cells_;
  bool tabs_ = false;
};

void set_rows(Source& source, Format format, RecordKind kind) {
  source.part = Part::rows;
  source.format = format;
  source.kind = kind;
}

void set_unread(Source& source, std::string reason) {
  source.part = Part::unread;
  source.reason = std::move(reason);
}

bool recognise_recbole(Source& source) {
  const std::string extension = lower(source.path.extension().string());
  if (extension == ".inter") {
    set_rows(source, Format::recbole, RecordKind::events);
  } else if (extension == ".item") {
    set_rows(source, Format::recbole, RecordKind::items);
  } else if (extension == ".user") {
    set_rows(source, Format::recbole, RecordKind::users);
  } else if (extension == ".net") {
    set_rows(source, Format::recbole, RecordKind::edges);
  } else if (extension == ".kg" || extension == ".link" || extension == ".itememb" ||
             extension == ".useremb") {
    set_unread(source, "knowledge graphs and embeddings of RecBole are not read");
  } else {
    return false;
  }
  return true;
}

bool recognise_stack_exchange(Source& source) {
  const std::string name = lower(source.path.filename().string());
  if (name == "posts.xml") {
    set_rows(source, Format::stackexchange, RecordKind::items);
  } else if (name == "users.xml") {
    set_rows(source, Format::stackexchange, RecordKind::users);
  } else if (name == "comments.xml" || name == "votes.xml") {
    set_rows(source, Format::stackexchange, RecordKind::events);
  } else if (name == "tags.xml") {
    set_unread(source, "the tags stand on the questions themselves");
  } else if (name == "badges.xml" || name == "postlinks.xml" || name == "posthistory.xml") {
    set_unread(source, "not needed for profiles");
  } else {
    return false;
  }
  return true;
}

// The typed header of a RecBole file tells a set called "u" from MovieLens 100k.
bool recognise_movielens_100k(Source& source, std::string_view text) {
  const std::string_view first_line = text.substr(0, std::min<std::size_t>(text.find('\n'), 256));
  if (first_line.find(":token") != first_line.npos) return false;
  const std::string name = source.path.filename().string();
  if (name == "u.data") {
    set_rows(source, Format::movielens, RecordKind::events);
  } else if (name == "u.item") {
    set_rows(source, Format::movielens, RecordKind::items);
  } else if (name == "u.user") {
    set_rows(source, Format::movielens, RecordKind::users);
  } else {
    return false;
  }
  return true;
}

bool recognise_movielens(Source& source, const Header& header) {
  if (!header.names("movieid") || header.tabs()) return false;
  if (header.names("title")) {
    set_rows(source, Format::movielens, RecordKind::items);
  } else if (header.names("userid") && (header.names("rating") || header.names("tag"))) {
    set_rows(source, Format::movielens, RecordKind::events);
  } else if (header.names("imdbid")) {
    source.part = Part::links;
    source.format = Format::movielens;
  } else if (header.names("relevance")) {
    set_unread(source, "the tag genome of MovieLens is not read");
  } else {
    return false;
  }
  return true;
}

bool recognise_retailrocket(Source& source, const Header& header) {
  if (header.names("visitorid") && header.names("itemid")) {
    set_rows(source, Format::retailrocket, RecordKind::events);
    return true;
  }
  if (header.names("itemid") && header.names("property") && header.names("value")) {
    set_unread(source, "the hashed properties of Retailrocket are not read");
    return true;
  }
  return false;
}

bool recognise_hetrec(Source& source, const Header& header) {
  if (lower(source.path.extension().string()) != ".dat" || !header.tabs()) return false;
  if (lower(source.path.stem().string()) == "tags") {
    source.part = Part::tag_words;
    source.format = Format::hetrec;
    return true;
  }
  const RecordKind kind = header.kind(source.hint);
  if (kind == RecordKind::automatic) return false;
  set_rows(source, Format::hetrec, kind);
  return true;
}

bool recognise_jsonl(Source& source, std::string_view text) {
  if (!trimmed(text.substr(0, head_bytes)).starts_with('{')) return false;
  const JsonlKind found = kind_of_jsonl(text, source.hint);
  set_rows(source, found.format, RecordKind::automatic);
  // For the order of files only: each row says for itself.
  source.hint.kind = found.kind;
  return true;
}

bool recognise_csv(Source& source, std::string_view text) {
  const RecordKind kind = Header(text, /*quotes=*/true).kind(source.hint);
  if (kind == RecordKind::automatic) return false;
  set_rows(source, Format::csv, kind);
  return true;
}

std::string reason_unknown(std::string_view text) {
  const std::string_view start = trimmed(text.substr(0, head_bytes));
  if (start.starts_with("PK\x03\x04") || start.starts_with("\x1F\x8B") ||
      start.starts_with("7z\xBC\xAF")) {
    return "an archive (unpack it first)";
  }
  if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF")) {
    return "UTF-16 (save it as UTF-8)";
  }
  if (start.starts_with('[')) return "one JSON array (write one object a line)";
  return "no format fits its name and first line (name its columns user_id, item_id, kind, value, "
         "time, text; or say --format and --kind)";
}

// Tries what `format` allows, the surest signs first.
bool recognise_as(Source& source, std::string_view text, Format format) {
  const auto allowed = [&](Format one) { return format == Format::automatic || format == one; };
  if (allowed(Format::movielens) && recognise_movielens_100k(source, text)) return true;
  if (allowed(Format::recbole) && recognise_recbole(source)) return true;
  if (allowed(Format::stackexchange) && recognise_stack_exchange(source)) return true;
  const bool json = allowed(Format::jsonl) || allowed(Format::gorse) || allowed(Format::limn);
  if (json && recognise_jsonl(source, text)) {
    if (format != Format::automatic) source.format = format;
    return true;
  }
  const Header plain(text, /*quotes=*/false);
  const Header header(text, /*quotes=*/true);
  return (allowed(Format::movielens) && recognise_movielens(source, header)) ||
         (allowed(Format::retailrocket) && recognise_retailrocket(source, header)) ||
         (allowed(Format::hetrec) && recognise_hetrec(source, plain)) ||
         (allowed(Format::csv) && recognise_csv(source, text));
}

// Users, then items, mixed files, ties, events.
int rank(const Source& source) {
  const RecordKind kind = source.kind == RecordKind::automatic ? source.hint.kind : source.kind;
  switch (kind) {
    case RecordKind::users: return 0;
    case RecordKind::items: return 1;
    case RecordKind::automatic: return 2;
    case RecordKind::edges: return 3;
    case RecordKind::events: return 4;
  }
  return 2;
}

Result<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  std::vector<std::filesystem::path> files;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const bool hidden = entries->path().filename().string().starts_with('.');
    if (!hidden && entries->is_regular_file(error)) files.push_back(entries->path());
  }
  if (error) {
    return fail(ErrorCode::unavailable, "cannot read folder: {}: {}", folder.string(),
                error.message());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::string> read_stdin() {
  std::string bytes;
  std::string block(1 << 16, '\0');
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), stdin)) {
    bytes.append(block, 0, count);
  }
  if (std::ferror(stdin) != 0) return fail(ErrorCode::unavailable, "cannot read: stdin");
  return bytes;
}

Result<Source> find_source(const std::filesystem::path& path, const ReadOptions& options) {
  if (path == "-") {
    LIMN_TRY(std::string bytes, read_stdin());
    Source source = recognise(path, without_mark(bytes), options);
    source.stdin_bytes = std::move(bytes);
    return source;
  }
  LIMN_TRY(const MemoryMap map, MemoryMap::open(path));
  return recognise(path, without_mark(map.text()), options);
}

}  // namespace

Result<OpenSource> open_source(const Source& source) {
  OpenSource open;
  if (source.path == "-") {
    open.text = without_mark(source.stdin_bytes);
  } else {
    LIMN_TRY(open.map, MemoryMap::open(source.path));
    open.text = without_mark(open.map.text());
  }
  return open;
}

Source recognise(const std::filesystem::path& path, std::string_view text,
                 const ReadOptions& options) {
  Source source{.path = path, .hint = hint_of(path)};
  if (text.empty()) {
    set_unread(source, "the file is empty");
    return source;
  }
  if (recognise_as(source, text, options.format)) {
    if (options.kind != RecordKind::automatic && source.part == Part::rows) {
      source.kind = options.kind;
    }
    return source;
  }
  // Told what it is, a table is read whatever its columns: they decide there.
  if (options.kind != RecordKind::automatic &&
      (options.format == Format::csv || options.format == Format::automatic)) {
    set_rows(source, Format::csv, options.kind);
    return source;
  }
  source.reason = reason_unknown(text);
  return source;
}

Result<std::vector<Source>> find_sources(std::span<const std::filesystem::path> paths,
                                         Intake& intake) {
  std::vector<Source> sources;
  const auto keep = [&](Source source, bool named) -> Result<void> {
    if (source.part == Part::unknown && named) {
      return fail(ErrorCode::invalid_argument, "cannot import: {}: {}", source.name(),
                  source.reason);
    }
    if (source.part == Part::unknown || source.part == Part::unread) {
      intake.note(fmt::format("{}: passed over: {}", source.name(), source.reason));
    } else {
      sources.push_back(std::move(source));
    }
    return {};
  };
  for (const std::filesystem::path& path : paths) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
      LIMN_TRY(const auto files, files_in(path));
      for (const std::filesystem::path& file : files) {
        LIMN_TRY(Source source, find_source(file, intake.options()));
        LIMN_TRY_VOID(keep(std::move(source), /*named=*/false));
      }
    } else {
      LIMN_TRY(Source source, find_source(path, intake.options()));
      LIMN_TRY_VOID(keep(std::move(source), /*named=*/true));
    }
  }
  std::stable_sort(sources.begin(), sources.end(),
                   [](const Source& a, const Source& b) { return rank(a) < rank(b); });
  return sources;
}

}  // namespace limn
