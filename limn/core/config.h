// Config: every setting of a data folder, as limn.toml gives it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "limn/core/result.h"

namespace limn {

// The defaults stand here; meaning, unit and range of each setting stand in settings().
struct Config {
  struct Import {
    double max_rating = 10;
    bool drop_floods = false;
  } import;

  struct Text {
    std::string segmenter = "auto";
    bool mask_personal_data = true;
  } text;

  struct Encode {
    std::string encoder = "auto";
    std::string precision = "auto";
    std::int64_t max_length = 0;
    std::string long_texts = "chunk";
    std::string prompt;
    std::int64_t lsa_dim = 128;
    double lsa_refit_share = 0.1;
  } encode;

  struct Cluster {
    std::int64_t topics = 0;
    std::int64_t segments = 0;
    std::int64_t segment_min_users = 50;
    std::int64_t restarts = 4;
  } cluster;

  struct Events {
    double rating_scale = 5;
    double liked_from = 0.8;
    std::map<std::string, double> weights;  // by kind, over the built-in ones
  } events;

  struct Profile {
    double half_life_days = 180;
    std::string noun_en = "item";
    std::string nouns_en = "items";
    std::string noun_zh;
  } profile;

  struct Recommend {
    double half_life_events = 3;
    double popularity_half_life_days = 60;
    std::int64_t neighbours = 100;
    double rp3beta_alpha = 0.8;
    double rp3beta_beta = 0.4;
    std::int64_t item_neighbours = 300;
    std::int64_t ease_max_items = 8'000;
    std::int64_t ials_dim = 64;
    std::int64_t search_fits = 3;
    double ease_ridge = 300;
    std::int64_t factors = 64;
    double diversity = 0.1;
    double calibration = 0;
    double popularity_penalty = 0;
    std::string predict_ratings = "auto";
    std::string ranker = "none";
    std::string lightgbm = "auto";
  } recommend;

  struct Runtime {
    std::int64_t threads = 0;
    std::int64_t seed = 1;
  } runtime;
};

// One setting: where its value lives, and what a person needs to know to change it.
struct Setting {
  std::string_view key;  // "encode.max_length"
  std::variant<bool*, std::int64_t*, double*, std::string*> value;
  double low = 0;  // numbers: the least and the greatest that make sense
  double high = 0;
  std::string_view unit;     // "days", "items"; empty where there is none
  std::string_view meaning;  // one line
};

// Every setting of `config`, in the order limn.toml shows them. The pointers live as long as
// `config`.
[[nodiscard]] std::vector<Setting> settings(Config& config);

// Reads limn.toml. An unknown key, a wrong type and a value out of range are errors
// (invalid_argument) that name the line, and for an unknown key the nearest known one.
[[nodiscard]] Result<Config> read_config(const std::filesystem::path& path);
// Over `base`: what the text does not name stays as it is there.
[[nodiscard]] Result<Config> parse_config(std::string_view toml, std::string_view source,
                                          Config base = {});

// The text of a limn.toml with these values, each with its meaning, unit and range as a comment.
[[nodiscard]] std::string to_toml(const Config& config);

}  // namespace limn
