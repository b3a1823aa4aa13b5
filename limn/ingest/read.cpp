#include "limn/ingest/read.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "limn/ingest/jsonl.h"
#include "limn/ingest/source.h"
#include "limn/ingest/stackexchange.h"
#include "limn/ingest/table.h"

namespace limn {
namespace {

constexpr std::array<std::pair<std::string_view, Format>, 10> format_names{{
    {"automatic", Format::automatic},
    {"csv", Format::csv},
    {"jsonl", Format::jsonl},
    {"recbole", Format::recbole},
    {"movielens", Format::movielens},
    {"stackexchange", Format::stackexchange},
    {"retailrocket", Format::retailrocket},
    {"hetrec", Format::hetrec},
    {"gorse", Format::gorse},
    {"limn", Format::limn},
}};

constexpr std::array<std::pair<std::string_view, RecordKind>, 5> kind_names{{
    {"automatic", RecordKind::automatic},
    {"users", RecordKind::users},
    {"items", RecordKind::items},
    {"events", RecordKind::events},
    {"edges", RecordKind::edges},
}};

template <typename Names, typename Value>
std::string_view name_in(const Names& names, Value value) {
  for (const auto& [name, known] : names) {
    if (known == value) return name;
  }
  return "";
}

template <typename Value, std::size_t n>
std::optional<Value> value_in(const std::array<std::pair<std::string_view, Value>, n>& names,
                              std::string_view wanted) {
  if (wanted == "auto") return Value::automatic;
  for (const auto& [name, value] : names) {
    if (name == wanted) return value;
  }
  return std::nullopt;
}

// What small files of a set say of the rows of others.
struct SideTables {
  std::map<std::string, std::string, std::less<>> tag_words;
  ItemLinks links;
};

// Calls `row` with each row's cells and the header.
template <typename Row>
Result<void> each_row(const Source& source, bool quotes, Row row) {
  LIMN_TRY(const OpenSource open, open_source(source));
  CsvDialect dialect = detect_dialect(open.text);
  dialect.quotes = quotes;
  const std::vector<std::string> header = header_of(open.text, dialect, /*typed=*/false);
  CsvReader reader(open.text, dialect);
  reader.next();
  while (reader.next()) row(header, reader.cells());
  return {};
}

Result<void> read_tag_words(const Source& source, SideTables& tables) {
  return each_row(source, /*quotes=*/false,
                  [&](const auto&, std::span<const std::string_view> cells) {
                    if (cells.size() >= 2) tables.tag_words.emplace(cells[0], cells[1]);
                  });
}

Result<void> read_links(const Source& source, SideTables& tables) {
  return each_row(
      source, /*quotes=*/true,
      [&](const std::vector<std::string>& header, std::span<const std::string_view> cells) {
        std::vector<std::pair<std::string, std::string>> links;
        for (std::size_t i = 1; i < std::min(header.size(), cells.size()); ++i) {
          links.emplace_back(header[i], cells[i]);
        }
        if (!cells.empty()) tables.links.emplace(cells[0], std::move(links));
      });
}

// The columns of MovieLens 100k, whose files have no header (its README).
std::vector<Column> columns_of_100k(RecordKind kind) {
  if (kind == RecordKind::events) {
    return {{"user_id", Field::user},
            {"item_id", Field::item},
            {"rating", Field::rating},
            {"timestamp", Field::time}};
  }
  if (kind == RecordKind::users) {
    return {{"user_id", Field::user},
            {"age", Field::attribute},
            {"gender", Field::attribute},
            {"occupation", Field::attribute},
            {"zip_code", Field::attribute}};
  }
  std::vector<Column> columns{{"movie_id", Field::item},
                              {"title", Field::title},
                              {"release_date", Field::attribute},
                              {"video_release_date", Field::attribute},
                              {"imdb_url", Field::attribute}};
  for (const char* genre :
       {"unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime",
        "Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance",
        "Sci-Fi", "Thriller", "War", "Western"}) {
    columns.push_back({genre, Field::category_flag});
  }
  return columns;
}

Result<void> read_rows(Intake& intake, const Source& source, SideTables& tables) {
  LIMN_TRY(const OpenSource open, open_source(source));
  intake.start_file(source.name());
  FileContext context{.hint = source.hint};
  context.numbered_kinds = source.format == Format::retailrocket;
  if (source.format == Format::limn) return read_record_lines(intake, open.text);
  if (source.format == Format::jsonl || source.format == Format::gorse) {
    return read_jsonl(intake, open.text, source.kind, context);
  }
  Table table{.text = open.text, .dialect = detect_dialect(open.text), .kind = source.kind};
  if (source.format == Format::recbole) {
    table.dialect = {.delimiter = '\t', .quotes = false};
    table.typed_header = true;
    context.list_separator = ' ';  // of token_seq
  } else if (source.format == Format::hetrec) {
    table.dialect.quotes = false;
    context.tag_words = &tables.tag_words;
  } else if (source.format == Format::movielens) {
    const bool is_100k = source.path.filename().string().starts_with("u.");
    if (is_100k) {
      table.columns = columns_of_100k(source.kind);
      table.latin1 = true;
      table.dialect.quotes = false;
    }
    table.year_in_title = source.kind == RecordKind::items;
    if (source.kind == RecordKind::items) table.links = &tables.links;
  }
  return read_table(intake, table, context);
}

// Links of films that no movies.csv holds are items by themselves.
Result<void> add_left_links(Intake& intake, const SideTables& tables) {
  FileContext context;
  for (const auto& [item, links] : tables.links) {
    Row row;
    row.set(Field::item, "movieId", item);
    for (const auto& [name, value] : links) row.attributes.emplace_back(name, value);
    add_row(intake, row, RecordKind::items, context);
    LIMN_TRY_VOID(intake.flush_if_full());
  }
  return {};
}

// The dumps of different sites have the same ids, and lie in different folders.
Result<void> read_sites(Intake& intake, std::span<const Source> sources) {
  std::map<std::filesystem::path, std::vector<Source>> sites;
  for (const Source& source : sources) {
    if (source.format == Format::stackexchange) sites[source.path.parent_path()].push_back(source);
  }
  for (const auto& [folder, site] : sites) LIMN_TRY_VOID(read_stack_exchange(intake, site));
  return {};
}

}  // namespace

std::optional<Format> parse_format(std::string_view name) {
  return value_in(format_names, name);
}

std::string_view name_of(Format format) {
  return name_in(format_names, format);
}

std::optional<RecordKind> parse_record_kind(std::string_view name) {
  return value_in(kind_names, name);
}

std::string_view name_of(RecordKind kind) {
  return name_in(kind_names, kind);
}

Result<ImportReport> read_files(std::span<const std::filesystem::path> files,
                                const ReadOptions& options, const BatchSink& sink) {
  if (options.batch_size == 0) {
    return fail(ErrorCode::invalid_argument, "cannot import: batch_size is 0 (use 1 or more)");
  }
  Intake intake(options, sink);
  LIMN_TRY(const std::vector<Source> sources, find_sources(files, intake));
  SideTables tables;
  for (const Source& source : sources) {
    if (source.part == Part::tag_words) LIMN_TRY_VOID(read_tag_words(source, tables));
    if (source.part == Part::links) LIMN_TRY_VOID(read_links(source, tables));
  }
  LIMN_TRY_VOID(read_sites(intake, sources));
  bool links_settled = false;
  for (const Source& source : sources) {
    if (source.part != Part::rows || source.format == Format::stackexchange) continue;
    if (source.kind == RecordKind::events && !links_settled) {
      LIMN_TRY_VOID(add_left_links(intake, tables));
      links_settled = true;
    }
    LIMN_TRY_VOID(read_rows(intake, source, tables));
  }
  if (!links_settled) LIMN_TRY_VOID(add_left_links(intake, tables));
  return intake.finish();
}

}  // namespace limn
