#include "limn/ingest/fields.h"

#include <algorithm>
#include <array>
#include <optional>

#include "limn/ingest/repair.h"

namespace limn {
namespace {

// One meaning and the normalized names that have it, between spaces.
struct Names {
  Field field;
  std::string_view names;
};

constexpr Names user_names{
    Field::user,
    " user userid uid username customer customerid visitor visitorid member memberid reviewer "
    "reviewerid account accountid author authorid buyer buyerid person personid client clientid "
    "student studentid reader readerid "};

constexpr Names item_names{
    Field::item,
    " item itemid iid product productid productcode sku movie movieid film filmid book bookid isbn "
    "asin parentasin artist artistid course courseid article articleid newsid video videoid song "
    "songid track trackid business businessid bookmarkid gameid recipe recipeid animeid contentid "
    "listing listingid offer offerid goods goodsid "};

constexpr Names time_names{
    Field::time,
    " time timestamp ts date datetime created createdat createdon creationdate createdtime "
    "unixreviewtime reviewtime eventtime eventtimestamp when at addedat publishedat pubdate "
    "joined joinedat signupdate registeredat since "};

constexpr std::array event_names{
    Names{Field::kind,
          " kind event eventtype type eventkind action behavior behaviour behaviortype "
          "behaviourtype feedbacktype feedback interaction interactiontype activity verb "},
    Names{Field::rating, " rating rate score stars star overall grade userrating reviewrating "},
    Names{Field::value,
          " value weight count playcount plays amount quantity qty dwell dwelltime duration "
          "seconds watchtime "},
    Names{Field::label, " label clicked isclick isclicked "},
    Names{Field::free_tag, " tag tagvalue "},
    Names{Field::text,
          " text review reviewtext reviewbody reviewcontent comment comments commenttext body "
          "content message query searchquery searchterm q description "},
    Names{Field::headline, " summary headline reviewtitle reviewsummary reviewheadline subject "},
    time_names,
    Names{Field::tag_id, " tagid "},
    Names{Field::day, " day dateday "},
    Names{Field::month, " month datemonth "},
    Names{Field::year, " year dateyear "},
    user_names,
    item_names,
};

constexpr std::array item_record_names{
    Names{Field::title,
          " title name itemname itemtitle productname producttitle movietitle moviename booktitle "
          "bookname coursetitle coursename artistname articletitle headline "},
    Names{Field::text,
          " text description desc body content abstract overview plot synopsis summary comment "
          "details itemdescription productdescription longdescription "},
    Names{Field::categories,
          " category categories genre genres class cat categoryname department section topic "
          "topics subject subjects "},
    Names{Field::tags, " tag tags keyword keywords labels skills "},
    Names{Field::media,
          " media image images imageurl imageurls picture pictures pictureurl photo photos "
          "thumbnail poster posterurl imurl "},
    Names{Field::hidden, " hidden ishidden "},
    time_names,
    item_names,
};

constexpr std::array user_record_names{
    Names{Field::text, " text bio biography about aboutme description profile intro comment "},
    Names{Field::tags, " tag tags interest interests labels skills "},
    time_names,
    user_names,
};

constexpr std::array edge_names{
    Names{Field::to,
          " to target targetid targetuser targetuserid friend friendid followee followeeid "
          "followed followedid followeduser followinguserid following followingid followsuserid "
          "follows contactid trustee trusteeid blocked blockedid blockeduser user2 userid2 "
          "otheruser dst destination "},
    Names{Field::from,
          " from source sourceid sourceuser follower followerid truster trusterid user1 userid1 "
          "src blocker blockerid "},
    Names{Field::kind, " kind type edgetype relation relationship tie "},
    time_names,
    Names{Field::from, user_names.names},
};

constexpr std::size_t longest_known_name = 24;

std::optional<Field> find_name(std::string_view normalized, std::span<const Names> table) {
  if (normalized.empty() || normalized.size() > longest_known_name) return std::nullopt;
  const std::string word = " " + std::string(normalized) + " ";
  for (const Names& names : table) {
    if (names.names.find(word) != names.names.npos) return names.field;
  }
  return std::nullopt;
}

std::span<const Names> names_of(RecordKind kind) {
  switch (kind) {
    case RecordKind::users: return user_record_names;
    case RecordKind::items: return item_record_names;
    case RecordKind::edges: return edge_names;
    default: return event_names;
  }
}

// Words of file names. The first that a name holds decides.
struct FileWord {
  std::string_view word;
  RecordKind kind;
  std::string_view says;  // the kind of its events or edges
};

constexpr std::array file_words{
    FileWord{"follows", RecordKind::edges, "follow"},
    FileWord{"followers", RecordKind::edges, "follow"},
    FileWord{"following", RecordKind::edges, "follow"},
    FileWord{"edges", RecordKind::edges, "follow"},
    FileWord{"trust", RecordKind::edges, "follow"},
    FileWord{"friends", RecordKind::edges, "friend"},
    FileWord{"friendships", RecordKind::edges, "friend"},
    FileWord{"contacts", RecordKind::edges, "friend"},
    FileWord{"social", RecordKind::edges, "friend"},
    FileWord{"blocks", RecordKind::edges, "block"},
    FileWord{"reviews", RecordKind::events, "review"},
    FileWord{"review", RecordKind::events, "review"},
    FileWord{"comments", RecordKind::events, "comment"},
    FileWord{"ratings", RecordKind::events, "rate"},
    FileWord{"rating", RecordKind::events, "rate"},
    FileWord{"views", RecordKind::events, "view"},
    FileWord{"view", RecordKind::events, "view"},
    FileWord{"clicks", RecordKind::events, "click"},
    FileWord{"cart", RecordKind::events, "cart"},
    FileWord{"carts", RecordKind::events, "cart"},
    FileWord{"purchase", RecordKind::events, "purchase"},
    FileWord{"purchases", RecordKind::events, "purchase"},
    FileWord{"orders", RecordKind::events, "purchase"},
    FileWord{"transactions", RecordKind::events, "purchase"},
    FileWord{"likes", RecordKind::events, "like"},
    FileWord{"shares", RecordKind::events, "share"},
    FileWord{"saves", RecordKind::events, "save"},
    FileWord{"bookmarks", RecordKind::events, "save"},
    FileWord{"wishlist", RecordKind::events, "save"},
    FileWord{"searches", RecordKind::events, "search"},
    FileWord{"plays", RecordKind::events, "play"},
    FileWord{"artists", RecordKind::automatic, "play"},  // user_artists.dat of HetRec
    FileWord{"events", RecordKind::events, ""},
    FileWord{"interactions", RecordKind::events, ""},
    FileWord{"feedback", RecordKind::events, ""},
    FileWord{"logs", RecordKind::events, ""},
    FileWord{"users", RecordKind::users, ""},
    FileWord{"customers", RecordKind::users, ""},
    FileWord{"members", RecordKind::users, ""},
    FileWord{"people", RecordKind::users, ""},
    FileWord{"readers", RecordKind::users, ""},
    FileWord{"students", RecordKind::users, ""},
    FileWord{"items", RecordKind::items, ""},
    FileWord{"products", RecordKind::items, ""},
    FileWord{"catalog", RecordKind::items, ""},
    FileWord{"catalogue", RecordKind::items, ""},
    FileWord{"movies", RecordKind::items, ""},
    FileWord{"films", RecordKind::items, ""},
    FileWord{"books", RecordKind::items, ""},
    FileWord{"courses", RecordKind::items, ""},
    FileWord{"articles", RecordKind::items, ""},
    FileWord{"posts", RecordKind::items, ""},
    FileWord{"news", RecordKind::items, ""},
};

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

// Whether `word` stands in `text` with no letter beside it.
bool has_word(std::string_view text, std::string_view word) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !is_letter(text[at - 1]);
    if (starts && (end == text.size() || !is_letter(text[end]))) return true;
  }
  return false;
}

}  // namespace

std::string normalized_name(std::string_view name) {
  std::string normalized;
  for (const char c : lower(trimmed(name))) {
    if (std::string_view("_-./ ").find(c) == std::string_view::npos) normalized += c;
  }
  return normalized;
}

Field field_of(std::string_view name, RecordKind kind) {
  const std::string normalized = normalized_name(name);
  if (const auto found = find_name(normalized, names_of(kind))) return *found;
  if (kind == RecordKind::users) return normalized == "id" ? Field::user : Field::attribute;
  if (kind == RecordKind::items) return normalized == "id" ? Field::item : Field::attribute;
  return Field::ignored;
}

NameHint hint_of(const std::filesystem::path& path) {
  NameHint hint;
  const std::string stem = lower(path.stem().string());
  for (const FileWord& known : file_words) {
    if (!has_word(stem, known.word)) continue;
    hint.kind = known.kind;
    if (known.kind == RecordKind::edges) {
      hint.edge_kind = known.says;
    } else {
      hint.event_kind = known.says;
    }
    return hint;
  }
  return hint;
}

RecordKind kind_of(std::span<const std::string_view> names, const NameHint& hint) {
  bool user = false, item = false, from = false, to = false, id = false, title = false;
  bool event_like = false;
  for (const std::string_view name : names) {
    const Field as_event = field_of(name, RecordKind::events);
    const Field as_edge = field_of(name, RecordKind::edges);
    user |= as_event == Field::user;
    item |= as_event == Field::item;
    event_like |= as_event == Field::kind || as_event == Field::rating;
    from |= as_edge == Field::from;
    to |= as_edge == Field::to;
    title |= field_of(name, RecordKind::items) == Field::title;
    id |= normalized_name(name) == "id";
  }
  if (hint.kind == RecordKind::items && title && (item || id)) return RecordKind::items;
  if (hint.kind == RecordKind::users && (user || id) && !item) return RecordKind::users;
  if (from && to && !item) return RecordKind::edges;
  if (user && item) return RecordKind::events;
  if (user && event_like && hint.kind == RecordKind::events) return RecordKind::events;
  if (item) return RecordKind::items;
  if (user) return RecordKind::users;
  if (!id) return RecordKind::automatic;
  if (hint.kind == RecordKind::users) return RecordKind::users;
  return title || hint.kind == RecordKind::items ? RecordKind::items : RecordKind::automatic;
}

std::string event_kind(std::string_view kind) {
  constexpr std::array<std::array<std::string_view, 2>, 27> words{{
      {"addtocart", "cart"},     {"addcart", "cart"},
      {"basket", "cart"},        {"transaction", "purchase"},
      {"buy", "purchase"},       {"order", "purchase"},
      {"bought", "purchase"},    {"pv", "view"},
      {"pageview", "view"},      {"detailview", "view"},
      {"viewed", "view"},        {"rating", "rate"},
      {"rated", "rate"},         {"favorite", "save"},
      {"favourite", "save"},     {"fav", "save"},
      {"bookmark", "save"},      {"wishlist", "save"},
      {"collect", "save"},       {"liked", "like"},
      {"thumbsup", "like"},      {"upvote", "like"},
      {"thumbsdown", "dislike"}, {"downvote", "dislike"},
      {"show", "impression"},    {"exposure", "impression"},
      {"clicked", "click"},
  }};
  const std::string normalized = normalized_name(kind);
  for (const auto& [other, ours] : words) {
    if (normalized == other) return std::string(ours);
  }
  return lower(trimmed(kind));
}

}  // namespace limn
