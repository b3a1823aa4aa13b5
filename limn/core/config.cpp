#include "limn/core/config.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <sstream>

#include <toml++/toml.h>

#include "limn/core/file.h"

namespace limn {
namespace {

constexpr std::string_view weights_table = "events.weights";

// The fewest insertions, deletions and replacements that turn one word into the other (Levenshtein,
// 1966).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

std::string_view nearest_key(const std::vector<Setting>& known, std::string_view key) {
  return std::min_element(known.begin(), known.end(),
                          [&](const Setting& a, const Setting& b) {
                            return edit_distance(a.key, key) < edit_distance(b.key, key);
                          })
      ->key;
}

// Where a value stands, for messages: "shop.limn/limn.toml:12".
std::string place(std::string_view source, const toml::node& node) {
  return fmt::format("{}:{}", source, node.source().begin.line);
}

tl::unexpected<Error> wrong_type(std::string_view source, const toml::node& node,
                                 std::string_view key, std::string_view wanted) {
  return fail(ErrorCode::invalid_argument, "cannot read settings: {}: {} must be {}",
              place(source, node), key, wanted);
}

Result<void> check_range(std::string_view source, const toml::node& node, const Setting& setting,
                         double value) {
  if (std::isfinite(value) && setting.low <= value && value <= setting.high) return {};
  return fail(ErrorCode::invalid_argument, "cannot read settings: {}: {} is {}, must be {} to {}",
              place(source, node), setting.key, value, setting.low, setting.high);
}

Result<void> assign(const Setting& setting, const toml::node& node, std::string_view source) {
  if (auto* const* flag = std::get_if<bool*>(&setting.value)) {
    const auto value = node.value_exact<bool>();
    if (!value) return wrong_type(source, node, setting.key, "true or false");
    **flag = *value;
    return {};
  }
  if (auto* const* text = std::get_if<std::string*>(&setting.value)) {
    const auto value = node.value_exact<std::string>();
    if (!value) return wrong_type(source, node, setting.key, "a text in quotes");
    **text = *value;
    return {};
  }
  if (auto* const* whole = std::get_if<std::int64_t*>(&setting.value)) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value) return wrong_type(source, node, setting.key, "a whole number");
    LIMN_TRY_VOID(check_range(source, node, setting, static_cast<double>(*value)));
    **whole = *value;
    return {};
  }
  if (!node.is_number()) return wrong_type(source, node, setting.key, "a number");
  const double value = *node.value<double>();
  LIMN_TRY_VOID(check_range(source, node, setting, value));
  *std::get<double*>(setting.value) = value;
  return {};
}

Result<void> read_weights(const toml::table& table, std::string_view source, Config& config) {
  for (const auto& [kind, node] : table) {
    const auto value = node.value<double>();
    if (!value || !std::isfinite(*value) || std::abs(*value) > 100) {
      return wrong_type(source, node, fmt::format("{}.{}", weights_table, kind.str()),
                        "a number from -100 to 100");
    }
    config.events.weights[std::string(kind.str())] = *value;
  }
  return {};
}

Result<void> read_table(const toml::table& table, const std::string& prefix,
                        std::string_view source, const std::vector<Setting>& known,
                        Config& config) {
  for (const auto& [name, node] : table) {
    const std::string key =
        prefix.empty() ? std::string(name.str()) : prefix + "." + std::string(name.str());
    if (key == weights_table && node.is_table()) {
      LIMN_TRY_VOID(read_weights(*node.as_table(), source, config));
      continue;
    }
    const auto setting =
        std::find_if(known.begin(), known.end(), [&](const Setting& s) { return s.key == key; });
    if (setting != known.end()) {
      LIMN_TRY_VOID(assign(*setting, node, source));
    } else if (node.is_table() && prefix.empty()) {
      LIMN_TRY_VOID(read_table(*node.as_table(), key, source, known, config));
    } else {
      return fail(ErrorCode::invalid_argument,
                  "cannot read settings: {}: unknown key {} (did you mean {}?)",
                  place(source, node), key, nearest_key(known, key));
    }
  }
  return {};
}

// A text in TOML's quotes, with what must be escaped escaped.
std::string in_quotes(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

std::string value_text(const Setting& setting) {
  if (auto* const* flag = std::get_if<bool*>(&setting.value)) return **flag ? "true" : "false";
  if (auto* const* whole = std::get_if<std::int64_t*>(&setting.value))
    return fmt::format("{}", **whole);
  if (auto* const* number = std::get_if<double*>(&setting.value))
    return fmt::format("{}", **number);
  return in_quotes(*std::get<std::string*>(setting.value));
}

std::string range_text(const Setting& setting) {
  const bool number = setting.low != setting.high;
  if (number && setting.unit.empty()) return fmt::format(" ({} to {})", setting.low, setting.high);
  if (number) return fmt::format(" ({} to {} {})", setting.low, setting.high, setting.unit);
  return "";
}

// What is read, and how.
std::vector<Setting> reading_settings(Config& c) {
  return {
      {"import.max_rating", &c.import.max_rating, 1, 1000, "", "ratings above this are refused"},
      {"import.drop_floods", &c.import.drop_floods, 0, 0, "",
       "leave users that look like bots out of the build"},

      {"text.segmenter", &c.text.segmenter, 0, 0, "",
       "cuts Chinese: auto, icu, or a folder with jieba's dictionary"},
      {"text.mask_personal_data", &c.text.mask_personal_data, 0, 0, "",
       "leave e-mail addresses, telephones, cards, names ... out of all that is made of texts"},

      {"encode.encoder", &c.encode.encoder, 0, 0, "", "auto, lsa, static:FILE or bert:FOLDER"},
      {"encode.precision", &c.encode.precision, 0, 0, "",
       "of bert: fp32, bf16, int8, or auto (the fastest that keeps the embeddings)"},
      {"encode.max_length", &c.encode.max_length, 0, 8192, "tokens",
       "what is read at a time; 0: what the model says"},
      {"encode.long_texts", &c.encode.long_texts, 0, 0, "",
       "longer texts: chunk (read in pieces, all of it) or truncate"},
      {"encode.prompt", &c.encode.prompt, 0, 0, "",
       "put before every text: one of the model's prompts by name, or a text like \"query: \""},
      {"encode.lsa_dim", &c.encode.lsa_dim, 8, 1024, "", "dimension of lsa embeddings"},
      {"encode.lsa_refit_share", &c.encode.lsa_refit_share, 0, 1, "",
       "lsa learns anew once so many texts, of those it learned from, came since"},

      {"cluster.topics", &c.cluster.topics, 0, 4096, "",
       "number of topics; 0: chosen from the data"},
      {"cluster.segments", &c.cluster.segments, 0, 256, "",
       "number of user segments; 0: chosen from the data"},
      {"cluster.segment_min_users", &c.cluster.segment_min_users, 10, 1e6, "users",
       "no segment is smaller, so that none singles anyone out"},
      {"cluster.restarts", &c.cluster.restarts, 1, 100, "", "k-means starts; the best one is kept"},

      {"events.rating_scale", &c.events.rating_scale, 1, 1000, "", "the best rating"},
      {"events.liked_from", &c.events.liked_from, 0, 1, "",
       "a rating of this share of the scale counts as liked"},
  };
}

// What is made of it.
std::vector<Setting> answering_settings(Config& c) {
  return {
      {"profile.half_life_days", &c.profile.half_life_days, 0.01, 36500, "days",
       "an interest this old weighs half"},
      {"profile.noun_en", &c.profile.noun_en, 0, 0, "",
       "what an item is called in English, singular"},
      {"profile.nouns_en", &c.profile.nouns_en, 0, 0, "", "and several of them"},
      {"profile.noun_zh", &c.profile.noun_zh, 0, 0, "", "what an item is called in Chinese"},

      {"recommend.half_life_events", &c.recommend.half_life_events, 0.1, 1e6, "events",
       "a choice weighs half once so many came later; where the search begins"},
      {"recommend.popularity_half_life_days", &c.recommend.popularity_half_life_days, 0.01, 36500,
       "days", "an event this old adds half to popularity"},
      {"recommend.neighbours", &c.recommend.neighbours, 1, 10000, "users",
       "similar users that are asked"},
      {"recommend.rp3beta_alpha", &c.recommend.rp3beta_alpha, 0.1, 3, "",
       "power of the walk's steps; where the search begins"},
      {"recommend.rp3beta_beta", &c.recommend.rp3beta_beta, 0, 2, "",
       "how much popular items are held back; where the search begins"},
      {"recommend.item_neighbours", &c.recommend.item_neighbours, 1, 10000, "items",
       "weights kept of each item"},
      {"recommend.ease_max_items", &c.recommend.ease_max_items, 0, 25000, "items",
       "above this many items ease explains each by its nearest ones"},
      {"recommend.ease_ridge", &c.recommend.ease_ridge, 0.1, 1e6, "",
       "regularisation of ease; where the search begins"},
      {"recommend.ials_dim", &c.recommend.ials_dim, 0, 1024, "",
       "dimension of the factors of ials; 0: without it"},
      {"recommend.search_fits", &c.recommend.search_fits, 0, 1000, "fits",
       "settings that are tried for each part; 0: those above are used as they are"},
      {"recommend.factors", &c.recommend.factors, 2, 1024, "",
       "dimension of the behaviour vectors"},
      {"recommend.diversity", &c.recommend.diversity, 0, 1, "",
       "0: by score alone; 1: by difference alone"},
      {"recommend.calibration", &c.recommend.calibration, 0, 1, "",
       "0: likewise; 1: in the proportions of the user's taste alone"},
      {"recommend.popularity_penalty", &c.recommend.popularity_penalty, 0, 1, "",
       "0: likewise; 1: by what few have alone"},
      {"recommend.predict_ratings", &c.recommend.predict_ratings, 0, 0, "",
       "stars in answers: on, off, or auto: where there are 500 ratings, and 5 million at most"},
      {"recommend.ranker", &c.recommend.ranker, 0, 0, "",
       "ranks the blend's best items once more, where that surely helps: none, trees or din"},
      {"recommend.lightgbm", &c.recommend.lightgbm, 0, 0, "",
       "LightGBM's library, for trees: auto (where tools/setup lightgbm puts it) or a file"},

      {"runtime.threads", &c.runtime.threads, 0, 1024, "threads", "0: as many as processors"},
      {"runtime.seed", &c.runtime.seed, 0, 1e15, "", "same seed and data: same answers"},
  };
}

}  // namespace

std::vector<Setting> settings(Config& c) {
  std::vector<Setting> all = reading_settings(c);
  for (const Setting& setting : answering_settings(c)) all.push_back(setting);
  return all;
}

Result<Config> parse_config(std::string_view toml, std::string_view source, Config config) {
  try {
    const toml::table table = toml::parse(toml, source);
    LIMN_TRY_VOID(read_table(table, "", source, settings(config), config));
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_argument, "cannot read settings: {}:{}: {}", source,
                error.source().begin.line, error.description());
  }
  return config;
}

Result<Config> read_config(const std::filesystem::path& path) {
  LIMN_TRY(const std::string text, read_file(path));
  return parse_config(text, path.string());
}

std::string to_toml(const Config& config) {
  Config copy = config;
  std::string text =
      "# Settings of this data folder. A change takes effect with the next `limn build`.\n";
  std::string_view section;
  for (const Setting& setting : settings(copy)) {
    const std::size_t dot = setting.key.find('.');
    if (setting.key.substr(0, dot) != section) {
      section = setting.key.substr(0, dot);
      text += fmt::format("\n[{}]\n", section);
    }
    text += fmt::format("# {}{}\n{} = {}\n", setting.meaning, range_text(setting),
                        setting.key.substr(dot + 1), value_text(setting));
  }
  text += fmt::format("\n# Weights of events by kind, over the built-in ones: purchase = 5\n[{}]\n",
                      weights_table);
  for (const auto& [kind, weight] : config.events.weights)
    text += fmt::format("\"{}\" = {}\n", kind, weight);
  return text;
}

}  // namespace limn
