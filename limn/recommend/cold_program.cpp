// limn_cold: can items that nobody used be recommended from their words? On citeulike's files.
//
//   limn_cold USERS.dat MULT.dat
//
// USERS.dat: a user a line, how many papers and which; MULT.dat: a paper a line, how many words and
// `word:count`. A random tenth of the papers is the test and another the validation: nobody's model
// or history has them. Each user with papers in the test gets the test's papers ranked by her other
// papers; recall@50 of hers. Texts are TF-IDF rows, and their 256 strongest directions (LSA).
// Settings of the map are chosen on the validation papers, then the test is read once.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/file.h"
#include "limn/core/lines.h"
#include "limn/core/random.h"
#include "limn/core/svd.h"
#include "limn/core/top_k.h"
#include "limn/core/vector_ops.h"
#include "limn/recommend/factor_model.h"
#include "limn/recommend/text_map.h"

namespace limn {
namespace {

constexpr std::size_t k = 50;
constexpr std::size_t directions = 256;

struct Entry {
  std::uint32_t id = 0;
  float count = 1;
};

// A line's entries, `id` or `id:count`, after the number of them.
std::vector<Entry> entries_of(std::string_view line) {
  std::vector<Entry> entries;
  const char* at = line.data() + std::min(line.find(' '), line.size());
  const char* const end = line.data() + line.size();
  while (at != end && *at == ' ') {
    Entry entry;
    auto read = std::from_chars(at + 1, end, entry.id);
    if (read.ec != std::errc()) break;
    if (read.ptr != end && *read.ptr == ':') {
      read = std::from_chars(read.ptr + 1, end, entry.count);
    }
    entries.push_back(entry);
    at = read.ptr;
  }
  return entries;
}

Result<SparseMatrix> read_rows(const std::string& path) {
  LIMN_TRY(const auto map, MemoryMap::open(path));
  std::vector<Triplet> triplets;
  std::uint32_t rows = 0;
  std::uint32_t cols = 0;
  for (Lines lines(map.text()); lines.next(); ++rows) {
    for (const Entry& entry : entries_of(without_return(lines.text()))) {
      triplets.push_back({rows, entry.id, entry.count});
      cols = std::max(cols, entry.id + 1);
    }
  }
  return SparseMatrix::from_triplets(rows, cols, std::move(triplets));
}

// (1 + log count) * log(rows / rows with the word), rows of length 1.
void weigh_words(SparseMatrix& words) {
  std::vector<double> rows_with(words.cols());
  for (std::size_t i = 0; i < words.rows(); ++i) {
    for (const std::uint32_t word : words.row(i).cols) rows_with[word] += 1;
  }
  const auto rows = static_cast<double>(words.rows());
  for (std::size_t i = 0; i < words.rows(); ++i) {
    const SparseRow row = words.row(i);
    const std::span<float> values = words.row_values(i);
    for (std::size_t j = 0; j < row.size(); ++j) {
      const double rarity = std::log(rows / rows_with[row.cols[j]]);
      values[j] = static_cast<float>((1 + std::log(values[j])) * rarity);
    }
    normalize(values);
  }
}

Matrix lsa(SparseView words) {
  const Svd svd = randomized_svd(words, directions);
  Matrix rows = svd.u;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t j = 0; j < rows.cols(); ++j) rows.row(i)[j] *= svd.s[j];
  }
  normalize_rows(rows);
  return rows;
}

enum class Role : std::uint8_t { known, validation, test };

struct Data {
  SparseMatrix words;
  Matrix texts;
  std::vector<Role> roles;                          // (items)
  std::vector<std::vector<HistoryEntry>> known;     // (users)
  std::vector<std::vector<ItemIndex>> held_out[2];  // validation, test: (users)
  SparseMatrix used;                                // (users, items): of known items
};

Data prepare(const SparseMatrix& users, SparseMatrix words) {
  Data data;
  weigh_words(words);
  data.words = std::move(words);
  data.texts = lsa(data.words);
  Random random(1);
  for (std::size_t i = 0; i < data.words.rows(); ++i) {
    const std::uint64_t draw = random.below(10);
    data.roles.push_back(draw == 0 ? Role::test : draw == 1 ? Role::validation : Role::known);
  }
  std::vector<Triplet> triplets;
  for (auto& part : data.held_out) part.resize(users.rows());
  data.known.resize(users.rows());
  for (std::uint32_t user = 0; user < users.rows(); ++user) {
    for (const ItemIndex item : users.row(user).cols) {
      if (item >= data.roles.size()) continue;
      if (data.roles[item] == Role::known) {
        data.known[user].push_back({.item = item, .weight = 1});
        triplets.push_back({user, item, 1});
      } else {
        data.held_out[data.roles[item] == Role::test ? 1 : 0][user].push_back(item);
      }
    }
  }
  data.used = SparseMatrix::from_triplets(users.rows(), data.roles.size(), std::move(triplets));
  return data;
}

// Scores some items for a user.
using Scorer = std::function<void(std::size_t user, std::span<const ItemIndex> items,
                                  std::span<float> scores)>;

// Recall@50 of each user with a known and a held-out item, of the items of one role.
std::vector<double> recalls(const Data& data, Role role, const Scorer& scorer) {
  std::vector<double> result;
  std::vector<ItemIndex> items;
  for (ItemIndex item = 0; item < data.roles.size(); ++item) {
    if (data.roles[item] == role) items.push_back(item);
  }
  std::vector<float> scores(items.size());
  const auto& held_out = data.held_out[role == Role::test ? 1 : 0];
  for (std::size_t user = 0; user < held_out.size(); ++user) {
    if (held_out[user].empty() || data.known[user].empty()) continue;
    scorer(user, items, scores);
    double hits = 0;
    for (const Scored& found : top_k(scores, k)) {
      hits += std::ranges::find(held_out[user], items[found.index]) != held_out[user].end() ? 1 : 0;
    }
    result.push_back(hits / static_cast<double>(held_out[user].size()));
  }
  return result;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

void multiply_rows(MatrixView rows, std::span<const ItemIndex> items, std::span<const float> query,
                   std::span<float> scores) {
  for (std::size_t i = 0; i < items.size(); ++i) scores[i] = dot(rows.row(items[i]), query);
}

Scorer centroid_scorer(const Data& data) {
  return [&data](std::size_t user, std::span<const ItemIndex> items, std::span<float> scores) {
    std::vector<float> sum(data.texts.cols());
    for (const HistoryEntry& entry : data.known[user]) {
      add_scaled(sum, 1, data.texts.row(entry.item));
    }
    multiply_rows(data.texts, items, sum, scores);
  };
}

Scorer words_scorer(const Data& data) {
  return [&data](std::size_t user, std::span<const ItemIndex> items, std::span<float> scores) {
    std::vector<float> sum(data.words.cols());
    for (const HistoryEntry& entry : data.known[user]) {
      const SparseRow row = data.words.row(entry.item);
      for (std::size_t j = 0; j < row.size(); ++j) sum[row.cols[j]] += row.values[j];
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      const SparseRow row = data.words.row(items[i]);
      scores[i] = 0;
      for (std::size_t j = 0; j < row.size(); ++j) scores[i] += row.values[j] * sum[row.cols[j]];
    }
  };
}

// The map's ranking of one role's items, for one choice of settings.
std::vector<double> mapped_recalls(const Data& data, Role role, const IalsOptions& options,
                                   const IalsFactors& fitted, double l2) {
  std::vector<float> counts(data.roles.size());
  for (const std::uint32_t item : data.used.view().indices()) counts[item] += 1;
  const Matrix map = fit_text_map(fitted.items, data.texts, counts, {.l2 = l2}).value();
  const Matrix items = blend_factors(fitted.items, map_texts(map, data.texts), counts, 3);
  const FactorBytes bytes(items);
  const Matrix gram = factor_gram(bytes);
  const FactorModel model("ials", bytes, gram, {}, {.objective = options.objective});
  return recalls(data, role,
                 [&](std::size_t user, std::span<const ItemIndex> cold, std::span<float> scores) {
                   multiply_rows(items, cold, model.fold_in({.history = data.known[user]}), scores);
                 });
}

std::vector<double> choose_and_test(const Data& data) {
  double best = -1;
  std::vector<double> test;
  for (const std::size_t dim : {128U, 256U}) {
    for (const double unobserved : {0.001, 0.003}) {
      const IalsOptions options{
          .dim = dim, .iterations = 10, .objective = {.unobserved_weight = unobserved, .l2 = 0.01}};
      const IalsFactors fitted = fit_ials(data.used, options);
      for (const double l2 : {0.03, 0.1, 0.3}) {
        const double found = mean(mapped_recalls(data, Role::validation, options, fitted, l2));
        std::fprintf(stderr, "dim %zu, unobserved_weight %g, map's l2 %g: validation %.4f\n", dim,
                     unobserved, l2, found);
        if (found <= best) continue;
        best = found;
        test = mapped_recalls(data, Role::test, options, fitted, l2);
      }
    }
  }
  return test;
}

// The 95 % interval of a mean by 2,000 bootstrap draws.
void print_difference(const std::vector<double>& a, const std::vector<double>& b) {
  Random random(1);
  std::vector<double> draws(2'000);
  for (double& draw : draws) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      const std::size_t user = random.below(a.size());
      draw += (a[user] - b[user]) / static_cast<double>(a.size());
    }
  }
  std::ranges::sort(draws);
  std::printf("map less words: %+.4f (%+.4f to %+.4f), %zu users\n", mean(a) - mean(b), draws[50],
              draws[1949], a.size());
}

Result<void> run(const std::string& users_path, const std::string& words_path) {
  LIMN_TRY(const auto users, read_rows(users_path));
  LIMN_TRY(auto words, read_rows(words_path));
  const Data data = prepare(users, std::move(words));
  const std::vector<double> by_words = recalls(data, Role::test, words_scorer(data));
  const std::vector<double> by_texts = recalls(data, Role::test, centroid_scorer(data));
  const std::vector<double> by_map = choose_and_test(data);
  std::printf("recall@50 of items that nobody used\n");
  std::printf(
      "  TF-IDF centroid      %.4f\n  LSA centroid         %.4f\n  text map to iALS     %.4f\n",
      mean(by_words), mean(by_texts), mean(by_map));
  print_difference(by_map, by_words);
  return {};
}

}  // namespace
}  // namespace limn

int main(int count, char** values) {
  if (count < 3) {
    std::fprintf(stderr, "limn_cold USERS.dat MULT.dat\n");
    return 2;
  }
  const auto outcome = limn::run(values[1], values[2]);
  if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().message.c_str());
  return outcome ? 0 : 1;
}
