#include "limn/engine/din_ranker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/progress.h"
#include "limn/core/sorted.h"

namespace limn {
namespace {

constexpr std::string_view category_file = "ranker_din_category";      // (items): each item's
constexpr std::string_view items_file = "ranker_din_items";            // (items, dim)
constexpr std::string_view categories_file = "ranker_din_categories";  // (categories, dim)
constexpr std::string_view layers_file = "ranker_din_layers";          // as layer_places() says

constexpr std::size_t choices_an_epoch = 20'000;

tl::unexpected<Error> wrong(std::string_view file, std::string_view why) {
  return fail(ErrorCode::corrupt, "cannot rank: {}: {} (build again)", file, why);
}

// A small network: it is asked for 200 items while somebody waits.
DinOptions din_options(std::uint64_t seed) {
  return {
      .dim = 8, .max_history = 30, .unit_hidden = {16, 8}, .output_hidden = {32, 16}, .seed = seed};
}

// (items): each item's heaviest class, the first of several; classes.cols() for an item without.
std::vector<std::uint32_t> categories_of(std::size_t items, SparseView classes) {
  std::vector<std::uint32_t> categories(items, static_cast<std::uint32_t>(classes.cols()));
  for (std::size_t item = 0; item < classes.rows(); ++item) {
    const auto row = classes.row(item);
    if (row.size() == 0) continue;
    const auto heaviest = std::ranges::max_element(row.values);
    categories[item] = row.cols[static_cast<std::size_t>(heaviest - row.values.begin())];
  }
  return categories;
}

// What is kept of the layers of both networks, in the order of the file.
template <typename Model>  // constant or not, as its places are
auto layer_places(Model& model) {
  std::vector places{&model.parameters.unit, &model.parameters.output};
  for (auto* statistics : {&model.statistics.unit, &model.statistics.output}) {
    for (std::size_t layer = 0; layer < 2; ++layer) {
      places.push_back(&statistics->mean[layer]);
      places.push_back(&statistics->variance[layer]);
    }
  }
  return places;
}

// Fills the places one after the other with the file's numbers.
Result<void> fill(const Generation& generation, std::string_view file,
                  const std::vector<std::vector<float>*>& places) {
  LIMN_TRY(std::span<const float> values, generation.array<float>(file));
  std::size_t size = 0;
  for (const std::vector<float>* place : places) size += place->size();
  if (values.size() != size) return wrong(file, "another size than its network's");
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
    return wrong(file, "a value that is no number");
  for (std::vector<float>* place : places) {
    std::ranges::copy(values.first(place->size()), place->begin());
    values = values.subspan(place->size());
  }
  return {};
}

}  // namespace

DinTeacher::DinTeacher(const ClickLog& log, std::uint64_t seed)
    : random_(seed),
      trainer_(categories_of(log.items, log.item_classes), log.item_classes.cols() + 1,
               din_options(seed)) {
  for (const History history : log.histories) {
    const auto user = static_cast<std::uint32_t>(liked_.size());
    std::vector<ItemIndex>& liked = liked_.emplace_back(liked_items(history));
    if (!log.dated) random_.shuffle(std::span(liked));
    std::vector<ItemIndex>& used = used_.emplace_back();
    for (const HistoryEntry& entry : history) used.push_back(entry.item);
    sort_unique(used);
    const bool all_used = used.size() >= log.items;
    for (std::uint32_t position = 1; position < liked.size() && !all_used; ++position) {
      choices_.push_back({user, position});
    }
  }
  next_ = choices_.size();
}

ItemIndex DinTeacher::other_item(std::uint32_t user) {
  constexpr int tries_by_popularity = 20;  // for one who used nearly all that is popular
  for (int tries = 0;; ++tries) {
    const Choice& choice = choices_[random_.below(choices_.size())];
    const ItemIndex item =
        tries < tries_by_popularity
            ? liked_[choice.user][choice.position]
            : static_cast<ItemIndex>(random_.below(trainer_.model().category.size()));
    if (!std::ranges::binary_search(used_[user], item)) return item;
  }
}

Result<void> DinTeacher::run_epoch() {
  LIMN_TRY_VOID(Interrupt::check("rank"));
  std::vector<ClickExample> examples;
  const std::size_t wanted = std::min(choices_an_epoch, choices_.size());
  for (std::size_t i = 0; i < wanted; ++i) {
    if (next_ == choices_.size()) {
      random_.shuffle(std::span(choices_));
      next_ = 0;
    }
    const Choice& choice = choices_[next_++];
    const std::span<const ItemIndex> liked = liked_[choice.user];
    const auto before = liked.first(choice.position);
    examples.push_back({.history = before, .item = liked[choice.position], .clicked = true});
    examples.push_back({.history = before, .item = other_item(choice.user), .clicked = false});
  }
  trainer_.run_epoch(examples);
  return {};
}

std::vector<float> DinRanker::score(const RankerQuestion& question) const {
  return din_scores(model_, question.query.history, question.candidates);
}

Result<void> write_din(GenerationWriter& writer, const DinModel& model) {
  std::vector<float> layers;
  for (const std::vector<float>* place : layer_places(model)) {
    layers.insert(layers.end(), place->begin(), place->end());
  }
  LIMN_TRY_VOID(writer.add(category_file, std::span<const std::uint32_t>(model.category)));
  LIMN_TRY_VOID(writer.add(items_file, std::span<const float>(model.parameters.items)));
  LIMN_TRY_VOID(writer.add(categories_file, std::span<const float>(model.parameters.categories)));
  return writer.add(layers_file, std::span<const float>(layers));
}

Result<DinModel> read_din(const Generation& generation) {
  LIMN_TRY(const auto category, generation.array<std::uint32_t>(category_file));
  LIMN_TRY(const auto categories, generation.array<float>(categories_file));
  const DinOptions options = din_options(0);
  const std::size_t rows = categories.size() / options.dim;
  if (!std::ranges::all_of(category, [&](std::uint32_t of_item) { return of_item < rows; })) {
    return wrong(category_file, "a category that is none");
  }
  DinModel model = empty_din({category.begin(), category.end()}, rows, options);
  LIMN_TRY_VOID(fill(generation, items_file, {&model.parameters.items}));
  LIMN_TRY_VOID(fill(generation, categories_file, {&model.parameters.categories}));
  LIMN_TRY_VOID(fill(generation, layers_file, layer_places(model)));
  return model;
}

}  // namespace limn
