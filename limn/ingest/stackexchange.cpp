#include "limn/ingest/stackexchange.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "limn/core/progress.h"
#include "limn/ingest/repair.h"
#include "limn/ingest/row.h"
#include "limn/ingest/xml_rows.h"

namespace limn {
namespace {

// The values of PostTypeId and VoteTypeId that are read (Stack Exchange's data dump schema).
constexpr std::string_view question_type = "1";
constexpr std::string_view answer_type = "2";
constexpr std::string_view accepted_vote = "1";
constexpr std::string_view favourite_vote = "5";

std::string_view attribute(const XmlAttributes& attributes, std::string_view name) {
  for (const auto& [known, value] : attributes) {
    if (known == name) return value;
  }
  return {};
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "<hops><beer-styles>", or "|hops|beer-styles|" in newer dumps.
std::vector<std::string_view> tags_of(std::string_view text) {
  std::vector<std::string_view> tags;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("<>|"), text.size());
    if (end > 0) tags.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return tags;
}

class SiteReader {
 public:
  explicit SiteReader(Intake& intake) : intake_(intake) {}

  Result<void> read(const Source& source);
  Result<void> learn_questions(const Source& source);

 private:
  using RowReader = void (SiteReader::*)(const XmlAttributes&, std::size_t);

  Result<void> read_rows(const Source& source, RecordKind kind, RowReader reader);
  void read_user(const XmlAttributes& attributes, std::size_t line);
  void read_post(const XmlAttributes& attributes, std::size_t line);
  void read_question(const XmlAttributes& attributes, std::size_t line);
  void read_comment(const XmlAttributes& attributes, std::size_t line);
  void read_vote(const XmlAttributes& attributes, std::size_t line);
  void add_event(std::string_view kind, std::string_view question_of, std::string_view text,
                 const XmlAttributes& attributes, std::size_t line, std::string_view user_field);

  Intake& intake_;
  FileContext context_;
  std::unordered_map<std::int64_t, std::int64_t> question_of_post_;
};

// The first pass over Posts.xml: an answer may stand before its question after a merge.
Result<void> SiteReader::learn_questions(const Source& source) {
  LIMN_TRY(const OpenSource open, open_source(source));
  const auto learn = [&](const XmlRow& row) {
    const XmlAttributes& attributes = row.attributes;
    const auto id = number(attribute(attributes, "Id"));
    const std::string_view type = attribute(attributes, "PostTypeId");
    const auto parent = number(attribute(attributes, "ParentId"));
    if (id && type == question_type) question_of_post_.emplace(*id, *id);
    if (id && parent && type == answer_type) question_of_post_.emplace(*id, *parent);
    return !Interrupt::requested();
  };
  read_xml_rows(open.text, {.row = learn, .fault = [](std::size_t, const std::string&) {}});
  return Interrupt::check("import");
}

Result<void> SiteReader::read(const Source& source) {
  const std::string name = normalized_name(source.path.stem().string());
  if (name == "users") return read_rows(source, RecordKind::users, &SiteReader::read_user);
  if (name == "posts") return read_rows(source, RecordKind::items, &SiteReader::read_post);
  if (name == "comments") return read_rows(source, RecordKind::events, &SiteReader::read_comment);
  return read_rows(source, RecordKind::events, &SiteReader::read_vote);
}

Result<void> SiteReader::read_rows(const Source& source, RecordKind kind, RowReader reader) {
  LIMN_TRY(const OpenSource open, open_source(source));
  intake_.start_file(source.name());
  context_ = {};
  Result<void> outcome;
  XmlHandlers handlers;
  handlers.row = [&](const XmlRow& row) {
    if (row.repaired) intake_.mark(Repair::invalid_utf8);
    (this->*reader)(row.attributes, row.line);
    outcome = intake_.flush_if_full();
    return outcome.has_value();
  };
  handlers.fault = [&](std::size_t line, std::string reason) {
    intake_.refuse(kind, line, "", std::move(reason));
  };
  read_xml_rows(open.text, handlers);
  return outcome;
}

void SiteReader::read_user(const XmlAttributes& attributes, std::size_t line) {
  Row row{.line = line};
  for (const auto& [name, value] : attributes) {
    if (name == "Id") {
      row.set(Field::user, name, value);
    } else if (name == "AboutMe") {
      row.set(Field::text, name, value);
    } else if (name == "CreationDate") {
      row.set(Field::time, name, value);
    } else {
      row.attributes.emplace_back(name, value);
    }
  }
  add_row(intake_, row, RecordKind::users, context_);
}

void SiteReader::read_post(const XmlAttributes& attributes, std::size_t line) {
  const std::string_view type = attribute(attributes, "PostTypeId");
  const std::string_view body = attribute(attributes, "Body");
  if (type == question_type) {
    read_question(attributes, line);
    const bool anonymous = attribute(attributes, "OwnerUserId").empty();
    if (anonymous) return;
    add_event("ask", attribute(attributes, "Id"), body, attributes, line, "OwnerUserId");
  } else if (type == answer_type) {
    add_event("answer", attribute(attributes, "ParentId"), body, attributes, line, "OwnerUserId");
  } else {
    intake_.note(fmt::format("{}: posts of type {} (wikis of tags, elections) were passed over",
                             intake_.file(), repair_text(type).text));
  }
}

void SiteReader::read_question(const XmlAttributes& attributes, std::size_t line) {
  Row row{.line = line};
  for (const auto& [name, value] : attributes) {
    if (name == "Id") {
      row.set(Field::item, name, value);
    } else if (name == "Title") {
      row.set(Field::title, name, value);
    } else if (name == "Body") {
      row.set(Field::text, name, value);
    } else if (name == "CreationDate") {
      row.set(Field::time, name, value);
    } else if (name == "Tags") {
      row.tags = tags_of(value);
    } else if (name != "PostTypeId") {
      row.attributes.emplace_back(name, value);
    }
  }
  if (attribute(attributes, "OwnerUserId").empty()) intake_.mark(Flag::anonymous);
  add_row(intake_, row, RecordKind::items, context_);
}

void SiteReader::read_comment(const XmlAttributes& attributes, std::size_t line) {
  add_event("comment", attribute(attributes, "PostId"), attribute(attributes, "Text"), attributes,
            line, "UserId");
}

void SiteReader::read_vote(const XmlAttributes& attributes, std::size_t line) {
  if (attribute(attributes, "UserId").empty()) {
    intake_.count(Flag::anonymous);
    return;
  }
  const std::string_view type = attribute(attributes, "VoteTypeId");
  const bool saves = type == favourite_vote || type == accepted_vote;
  add_event(saves ? "save" : "bounty", attribute(attributes, "PostId"), {}, attributes, line,
            "UserId");
}

// An event on the question of the post `question_of`.
void SiteReader::add_event(std::string_view kind, std::string_view question_of,
                           std::string_view text, const XmlAttributes& attributes, std::size_t line,
                           std::string_view user_field) {
  const auto post = number(question_of);
  const auto found = post ? question_of_post_.find(*post) : question_of_post_.end();
  // The question of an answer can be missing itself.
  const bool known = found != question_of_post_.end() && question_of_post_.contains(found->second);
  if (!known) {
    intake_.refuse(RecordKind::events, line, kind == "answer" ? "ParentId" : "PostId",
                   fmt::format("the post {} is not a question or answer of Posts.xml",
                               repair_text(question_of.substr(0, max_id_bytes)).text));
    return;
  }
  const std::string question = fmt::format("{}", found->second);
  Row row{.line = line};
  row.set(Field::kind, "kind", kind);
  row.set(Field::item, "PostId", question);
  if (const std::string_view user = attribute(attributes, user_field); !user.empty()) {
    row.set(Field::user, user_field, user);
  } else {
    row.set(Field::user, user_field, "");
  }
  if (kind != "save" && kind != "bounty") row.set(Field::text, "Text", text);
  row.set(Field::time, "CreationDate", attribute(attributes, "CreationDate"));
  if (const std::string_view amount = attribute(attributes, "BountyAmount"); !amount.empty()) {
    row.set(Field::value, "BountyAmount", amount);
  }
  add_row(intake_, row, RecordKind::events, context_);
}

}  // namespace

Result<void> read_stack_exchange(Intake& intake, std::span<const Source> sources) {
  SiteReader reader(intake);
  for (const Source& source : sources) {
    const bool posts = normalized_name(source.path.stem().string()) == "posts";
    if (posts) LIMN_TRY_VOID(reader.learn_questions(source));
  }
  for (const Source& source : sources) LIMN_TRY_VOID(reader.read(source));
  return {};
}

}  // namespace limn
