// Fitting is a pure function from histories to arrays. The blend's weights are chosen on a
// validation part that is cut from the histories given, so an evaluation can hand in the past alone
// and nothing of the future is seen.
#include "limn/engine/models.h"

#include <algorithm>
#include <cmath>

#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/core/random.h"
#include "limn/core/svd.h"
#include "limn/core/vector_ops.h"
#include "limn/recommend/cooccurrence.h"
#include "limn/recommend/ease.h"
#include "limn/recommend/interactions.h"
#include "limn/recommend/item_knn.h"
#include "limn/recommend/popularity.h"
#include "limn/recommend/rp3beta.h"
#include "limn/recommend/similar_users.h"
#include "limn/recommend/text_neighbours.h"

namespace limn {
namespace {

// Behaviour vectors: the right singular vectors of the interactions, scaled by the roots of both
// popularities, which keeps the first ones from being popularity itself.
Matrix fit_item_factors(SparseView interactions, const Config& config) {
  std::vector<float> item_totals(interactions.cols(), 0);
  std::vector<std::uint64_t> offsets(interactions.offsets().begin(), interactions.offsets().end());
  std::vector<std::uint32_t> indices(interactions.indices().begin(), interactions.indices().end());
  std::vector<float> values(interactions.values().begin(), interactions.values().end());
  for (std::size_t e = 0; e < values.size(); ++e) item_totals[indices[e]] += values[e];
  for (std::size_t user = 0; user + 1 < offsets.size(); ++user) {
    float user_total = 0;
    for (std::uint64_t e = offsets[user]; e < offsets[user + 1]; ++e) user_total += values[e];
    for (std::uint64_t e = offsets[user]; e < offsets[user + 1]; ++e) {
      values[e] /= std::sqrt(user_total * item_totals[indices[e]]);
    }
  }
  const SparseMatrix scaled(std::move(offsets), std::move(indices), std::move(values),
                            interactions.cols());

  SvdOptions options;
  options.seed = static_cast<std::uint64_t>(config.runtime.seed);
  Svd svd = randomized_svd(scaled, static_cast<std::size_t>(config.recommend.factors), options);
  Matrix factors = std::move(svd.v);
  for (std::size_t item = 0; item < factors.rows(); ++item) {
    for (std::size_t f = 0; f < factors.cols(); ++f) factors.row(item)[f] *= svd.s[f];
  }
  normalize_rows(factors);
  return factors;
}

std::span<const TextEvent> texts_of(const Training& training, std::size_t user) {
  if (training.user_texts.empty()) return {};
  return training.user_texts[user];
}

// The fused profile vector of one user, empty rows where nothing is known.
std::vector<float> fused_vector(MatrixView embeddings, MatrixView factors, History history,
                                std::span<const TextEvent> texts, Time now, const Config& config) {
  ProfileSource source;
  source.item_embeddings = embeddings;
  source.item_factors = factors;
  ProfileInput input;
  input.history = history;
  input.texts = texts;
  input.now = now;
  ProfileOptions options;
  options.half_life_days = config.profile.half_life_days;
  return make_profile(source, input, options).fused;
}

Matrix fit_user_vectors(const Training& training, MatrixView factors, const Config& config) {
  Matrix vectors(training.histories.size(), training.item_embeddings.cols() + factors.cols());
  constexpr std::size_t grain = 32;
  parallel_for(vectors.rows(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t user = begin; user < end; ++user) {
      const std::vector<float> fused =
          fused_vector(training.item_embeddings, factors, training.histories[user],
                       texts_of(training, user), training.now, config);
      if (fused.size() == vectors.cols())
        std::copy(fused.begin(), fused.end(), vectors.row(user).begin());
    }
  });
  return vectors;
}

// The mean direction of the user's own words.
std::vector<float> own_words(std::span<const TextEvent> texts, std::size_t dim) {
  if (texts.empty() || dim == 0) return {};
  std::vector<float> mean(dim, 0);
  for (const TextEvent& text : texts) {
    if (text.embedding.size() == dim) add_scaled(mean, text.weight, text.embedding);
  }
  if (normalize(mean) == 0) return {};
  return mean;
}

// Everything that ends as item x item weights.
Result<void> fit_item_models(const Training& training, const Config& config, FittedModels& models) {
  const auto kept = static_cast<std::size_t>(config.recommend.item_neighbours);
  Rp3BetaOptions walk;
  walk.alpha = config.recommend.rp3beta_alpha;
  walk.beta = config.recommend.rp3beta_beta;
  walk.k = kept;
  models.rp3beta = fit_rp3beta(models.interactions, walk);
  LIMN_TRY_VOID(Interrupt::check("build"));

  ItemKnnOptions neighbours;
  neighbours.k = kept;
  models.item_knn = fit_item_knn(models.interactions, neighbours);
  LIMN_TRY_VOID(Interrupt::check("build"));

  if (training.dated) {
    CooccurrenceOptions pairs;
    pairs.k = kept;
    models.cooccurrence = fit_cooccurrence(training.histories, training.items, pairs);
    LIMN_TRY_VOID(Interrupt::check("build"));
  }
  if (training.items <= static_cast<std::size_t>(config.recommend.ease_max_items)) {
    EaseOptions ease;
    ease.l2 = config.recommend.ease_ridge;
    ease.k = kept;
    LIMN_TRY(models.ease, fit_ease(models.interactions, ease));
  }
  return Interrupt::check("build");
}

}  // namespace

ModelView FittedModels::view(const Training& training) const {
  ModelView models;
  models.popularity = popularity;
  models.interactions = interactions;
  models.rp3beta = rp3beta;
  models.ease = ease;
  models.item_knn = item_knn;
  models.cooccurrence = cooccurrence;
  models.text_neighbours = training.text_neighbours;
  models.item_embeddings = training.item_embeddings;
  models.item_factors = item_factors;
  models.user_vectors = user_vectors;
  return models;
}

SparseMatrix fit_text_weights(MatrixView item_embeddings, const Config& config) {
  if (item_embeddings.empty()) return {};
  TextNeighbourOptions options;
  options.k = static_cast<std::size_t>(config.recommend.neighbours);
  return fit_text_neighbours(item_embeddings, options);
}

Result<FittedModels> fit_models(const Training& training, const Config& config) {
  FittedModels models;
  PopularityOptions popular;
  popular.now = training.now;
  popular.half_life_days = config.recommend.popularity_half_life_days;
  models.popularity = popularity(training.histories, training.items, popular);
  models.interactions = interactions(training.histories, training.items, {});
  LIMN_TRY_VOID(fit_item_models(training, config, models));
  models.item_factors = fit_item_factors(models.interactions, config);
  models.user_vectors = fit_user_vectors(training, models.item_factors, config);
  return models;
}

Parts::Parts(const ModelView& models, const Config& config) {
  owned_.push_back(std::make_unique<Popularity>(models.popularity));
  SimilarUserOptions similar;
  similar.neighbours = static_cast<std::size_t>(config.recommend.neighbours);
  owned_.push_back(std::make_unique<SimilarUsers>("similar_users", models.user_vectors,
                                                  models.interactions, similar));
  if (!models.item_embeddings.empty()) {
    owned_.push_back(std::make_unique<TextRecommender>(
        models.item_embeddings, models.text_neighbours, TextRecommender::Options{}));
  }
  owned_.push_back(std::make_unique<ItemModel>("rp3beta", models.rp3beta));
  owned_.push_back(std::make_unique<ItemModel>("item_knn", models.item_knn));
  if (models.cooccurrence.rows() > 0) {
    owned_.push_back(std::make_unique<ItemModel>("cooccurrence", models.cooccurrence));
  }
  if (models.ease.rows() > 0) owned_.push_back(std::make_unique<ItemModel>("ease", models.ease));
  for (const auto& part : owned_) {
    borrowed_.push_back(part.get());
    names_.emplace_back(part->name());
  }
}

Query QueryState::query() const {
  Query query;
  query.history = history;
  query.text = text;
  query.user_vector = user_vector;
  query.user = user;
  return query;
}

std::vector<float> item_likeness(const ModelView& models, ItemIndex item) {
  std::vector<float> likeness(models.popularity.size(), 0);
  std::vector<float> behaviour(likeness.size(), 0);
  if (models.item_embeddings.cols() > 0)
    multiply(models.item_embeddings, models.item_embeddings.row(item), likeness);
  if (models.item_factors.cols() > 0)
    multiply(models.item_factors, models.item_factors.row(item), behaviour);
  add_scaled(likeness, 1, behaviour);
  scale(likeness, 0.5F);
  return likeness;
}

DecayOptions history_decay(const Config& config) {
  return {.half_life_days = 0, .half_life_events = config.recommend.half_life_events};
}

QueryState make_query(const ModelView& models, History history, std::span<const TextEvent> texts,
                      std::optional<UserIndex> user, Time now, const DecayOptions& decay,
                      const Config& config) {
  QueryState state;
  state.history = decayed(history, now, decay);
  state.text = own_words(texts, models.item_embeddings.cols());
  state.user_vector =
      fused_vector(models.item_embeddings, models.item_factors, history, texts, now, config);
  state.user = user;
  return state;
}

namespace {

// Histories cut in two: what is known, and what was liked after it.
struct HeldOut {
  std::vector<std::vector<HistoryEntry>> past;      // (users)
  std::vector<std::vector<TextEvent>> texts;        // (users): those of the past
  std::vector<std::vector<ItemIndex>> liked_later;  // (users): items that are new to the user
};

// Holds out the last fifth of each history, or any fifth where its order says nothing.
HeldOut hold_out_a_fifth(const Training& training, std::uint64_t seed) {
  const std::size_t users = training.histories.size();
  HeldOut cut;
  cut.past.resize(users);
  cut.texts.resize(users);
  cut.liked_later.resize(users);
  Random random(seed);
  for (std::size_t user = 0; user < users; ++user) {
    std::vector<HistoryEntry> whole(training.histories[user].begin(),
                                    training.histories[user].end());
    if (!training.dated) random.shuffle(std::span(whole));
    const std::size_t kept = whole.size() - whole.size() / 5;
    const auto later = std::span(whole).subspan(kept);
    cut.past[user].assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(kept));
    for (const HistoryEntry& entry : later) {
      const bool used = std::any_of(cut.past[user].begin(), cut.past[user].end(),
                                    [&](const HistoryEntry& e) { return e.item == entry.item; });
      if (entry.weight > 0 && !used) cut.liked_later[user].push_back(entry.item);
    }
    for (const TextEvent& text : texts_of(training, user)) {
      const bool always = text.event == 0 || later.empty();
      if (always || text.time < later.front().time) cut.texts[user].push_back(text);
    }
  }
  return cut;
}

}  // namespace

Result<ChosenWeights> choose_blend(const Training& training, const Config& config) {
  const HeldOut cut = hold_out_a_fifth(training, static_cast<std::uint64_t>(config.runtime.seed));
  const std::vector<History> past(cut.past.begin(), cut.past.end());
  Training inner = training;
  inner.histories = past;
  inner.user_texts = cut.texts;
  LIMN_TRY(const FittedModels fitted, fit_models(inner, config));
  const ModelView models = fitted.view(inner);
  const Parts parts(models, config);

  std::vector<QueryState> states(cut.past.size());
  constexpr std::size_t grain = 32;
  parallel_for(states.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t user = begin; user < end; ++user) {
      if (cut.liked_later[user].empty()) continue;
      states[user] =
          make_query(models, cut.past[user], cut.texts[user], static_cast<UserIndex>(user),
                     training.now, history_decay(config), config);
    }
  });
  std::vector<ValidationUser> users;
  for (std::size_t user = 0; user < states.size(); ++user) {
    if (!cut.liked_later[user].empty())
      users.push_back({states[user].query(), cut.liked_later[user]});
  }
  ChooseOptions options;
  options.seed = static_cast<std::uint64_t>(config.runtime.seed);
  return choose_weights(parts.all(), users, {}, options);
}

}  // namespace limn
