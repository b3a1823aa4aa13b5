// limn_din: DIN against the mean of the history, as click models on a RecBole file of ratings.
//
//   limn_din RATINGS.inter ITEMS.item [SEEDS [EPOCHS]]
//
// A rating of 4 or 5 is a click; an item that the user never rated, drawn at random, is one that
// was shown and not clicked: one for each click of the training part, five for each of the test.
// Each user's clicks in order of time: the last fifth (ten at most) is the test, as many before it
// the validation, which says after which epoch training stops; the test is read once. An item's
// category is the first of its genres. AUC is over all examples, gAUC the mean of the users' own.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "limn/core/random.h"
#include "limn/recommend/din.h"
#include "limn/recommend/ratings_file.h"

namespace limn {
namespace {

constexpr std::size_t test_negatives = 5;

struct Part {
  std::vector<ClickExample> examples;
  std::vector<std::uint32_t> users;  // (examples)
};

struct Clicks {
  std::vector<std::vector<ItemIndex>> liked;  // (users), in order of time
  std::vector<std::set<ItemIndex>> rated;     // (users)
  std::vector<std::uint32_t> category;        // (items)
  std::size_t categories = 0;
};

Result<Clicks> read_clicks(const std::string& ratings, const std::string& items) {
  LIMN_TRY(const auto file, read_ratings(ratings));
  LIMN_TRY(const auto map, MemoryMap::open(items));
  Clicks clicks;
  clicks.liked.resize(file.users);
  clicks.rated.resize(file.users);
  for (const RatingLine& line : file.lines) {
    clicks.rated[line.user].insert(line.item);
    if (line.value >= 4) clicks.liked[line.user].push_back(line.item);
  }
  std::map<std::string, std::string, std::less<>> genre_of;
  Lines lines(map.text());
  lines.next();
  while (lines.next()) {
    const auto fields = tab_fields<4>(without_return(lines.text()));
    genre_of.emplace(fields[0], fields[3].substr(0, fields[3].find(' ')));
  }
  std::map<std::string, std::uint32_t> genres;
  for (const std::string& item : file.items) {
    const auto size = static_cast<std::uint32_t>(genres.size());
    clicks.category.push_back(genres.emplace(genre_of[item], size).first->second);
  }
  clicks.categories = genres.size();
  return clicks;
}

struct Parts {
  Part train;
  Part validation;
  Part test;
};

void add(const Clicks& clicks, std::uint32_t user, std::size_t position, std::size_t negatives,
         Random& random, Part& part) {
  const std::span<const ItemIndex> liked = clicks.liked[user];
  const std::span<const ItemIndex> before = liked.first(position);
  part.examples.push_back({before, liked[position], true});
  part.users.push_back(user);
  for (std::size_t i = 0; i < negatives; ++i) {
    ItemIndex item = 0;
    do {
      item = static_cast<ItemIndex>(random.below(clicks.category.size()));
    } while (clicks.rated[user].contains(item));
    part.examples.push_back({before, item, false});
    part.users.push_back(user);
  }
}

Parts cut(const Clicks& clicks, std::uint64_t seed) {
  Random random(seed);
  Parts parts;
  for (std::uint32_t user = 0; user < clicks.liked.size(); ++user) {
    const std::size_t count = clicks.liked[user].size();
    const std::size_t held_out = std::min<std::size_t>(10, count / 5);
    for (std::size_t position = 1; position < count; ++position) {
      if (position >= count - held_out) {
        add(clicks, user, position, test_negatives, random, parts.test);
      } else if (position + 2 * held_out >= count) {
        add(clicks, user, position, test_negatives, random, parts.validation);
      } else {
        add(clicks, user, position, 1, random, parts.train);
      }
    }
  }
  return parts;
}

struct Measured {
  double auc = 0;
  double user_auc = 0;
};

Measured measure(const DinModel& model, const Part& part) {
  std::vector<float> scores;
  std::vector<std::uint8_t> clicked;
  for (std::size_t i = 0; i < part.examples.size(); i += 1 + test_negatives) {
    std::vector<ItemIndex> asked;
    for (std::size_t j = i; j < i + 1 + test_negatives; ++j) asked.push_back(part.examples[j].item);
    const auto found = din_scores(model, part.examples[i].history, asked);
    scores.insert(scores.end(), found.begin(), found.end());
    for (std::size_t j = 0; j < found.size(); ++j) clicked.push_back(j == 0 ? 1 : 0);
  }
  Measured measured{.auc = click_auc(scores, clicked)};
  double users = 0;
  for (std::size_t begin = 0; begin < scores.size();) {
    std::size_t end = begin;
    while (end < scores.size() && part.users[end] == part.users[begin]) ++end;
    measured.user_auc += click_auc(std::span(scores).subspan(begin, end - begin),
                                   std::span(clicked).subspan(begin, end - begin));
    users += 1;
    begin = end;
  }
  measured.user_auc /= users;
  return measured;
}

// The test's measures after the epoch that validation liked best.
Measured train_and_test(const Clicks& clicks, const Parts& parts, bool attention,
                        std::uint64_t seed, int epochs) {
  DinTrainer trainer(clicks.category, clicks.categories,
                     {.dim = 8,
                      .max_history = 30,
                      .attention = attention,
                      .unit_hidden = {16, 8},
                      .output_hidden = {32, 16},
                      .seed = seed});
  double best = 0;
  int best_epoch = 0;
  Measured result;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    const double loss = trainer.run_epoch(parts.train.examples);
    const Measured validation = measure(trainer.model(), parts.validation);
    std::fprintf(stderr, "seed %llu %s epoch %d: loss %.4f, validation AUC %.4f, gAUC %.4f\n",
                 static_cast<unsigned long long>(seed), attention ? "din " : "mean", epoch, loss,
                 validation.auc, validation.user_auc);
    if (validation.user_auc <= best) {
      if (epoch > best_epoch + 2) break;
      continue;
    }
    best = validation.user_auc;
    best_epoch = epoch;
    result = measure(trainer.model(), parts.test);
  }
  return result;
}

void print(const char* name, const std::vector<double>& values) {
  double sum = 0;
  double squares = 0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  const auto n = static_cast<double>(values.size());
  std::printf("%-28s %.4f +- %.4f\n", name, sum / n,
              std::sqrt(std::max(0.0, squares / n - sum * sum / n / n)));
}

int run(const std::vector<std::string>& arguments) {
  const auto clicks = read_clicks(arguments[0], arguments[1]);
  if (!clicks) {
    std::fprintf(stderr, "%s\n", clicks.error().message.c_str());
    return 1;
  }
  const auto seeds = arguments.size() > 2 ? number_or_zero<std::uint64_t>(arguments[2]) : 3;
  const auto epochs = arguments.size() > 3 ? number_or_zero<int>(arguments[3]) : 12;
  std::vector<double> columns[6];
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Parts parts = cut(*clicks, seed);
    const Measured din = train_and_test(*clicks, parts, true, seed, epochs);
    const Measured mean = train_and_test(*clicks, parts, false, seed, epochs);
    const double values[] = {din.auc,      mean.auc,      din.auc - mean.auc,
                             din.user_auc, mean.user_auc, din.user_auc - mean.user_auc};
    for (std::size_t i = 0; i < 6; ++i) columns[i].push_back(values[i]);
  }
  constexpr const char* names[] = {"AUC, DIN",  "AUC, mean of the history",  "AUC, difference",
                                   "gAUC, DIN", "gAUC, mean of the history", "gAUC, difference"};
  for (std::size_t i = 0; i < 6; ++i) print(names[i], columns[i]);
  return 0;
}

}  // namespace
}  // namespace limn

int main(int count, char** values) {
  if (count < 3) {
    std::fprintf(stderr, "limn_din RATINGS.inter ITEMS.item [SEEDS [EPOCHS]]\n");
    return 2;
  }
  return limn::run({values + 1, values + count});
}
