// Fitting is a pure function from histories and settings to arrays.
#include "limn/engine/models.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/core/svd.h"
#include "limn/core/vector_ops.h"
#include "limn/encode/lsa_terms.h"
#include "limn/recommend/factor_model.h"
#include "limn/recommend/forgetful.h"
#include "limn/recommend/interactions.h"
#include "limn/recommend/popularity.h"
#include "limn/recommend/similar_users.h"
#include "limn/recommend/text_map.h"
#include "limn/recommend/text_neighbours.h"
#include "limn/recommend/trending.h"
#include "limn/recommend/word_neighbours.h"
#include "limn/text/vocabulary.h"

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

// EASE in the form that fits: dense up to max_items, with the items' texts where they are wanted.
Result<SparseMatrix> fit_any_ease(const Training& training, SparseView interactions,
                                  const ModelSettings& settings) {
  const double text_weight = training.item_embeddings.empty() ? 0 : settings.ease_text_weight;
  if (training.items > settings.ease.max_items) {
    EaseNearbyOptions nearby;
    nearby.l2 = settings.ease.l2;
    nearby.dropout = settings.ease.dropout;
    nearby.k = settings.ease.k;
    nearby.text_weight = text_weight;
    return fit_ease_nearby(interactions, training.text_neighbours, nearby);
  }
  if (text_weight == 0) return fit_ease(interactions, settings.ease);
  EaseTextOptions with_text;
  with_text.behaviour = settings.ease;
  with_text.text_weight = text_weight;
  return fit_ease_text(interactions, training.item_embeddings, with_text);
}

// `inner`, remembering what the part of its name remembers.
std::unique_ptr<Recommender> forgetful(std::unique_ptr<Recommender> inner,
                                       const ModelView& models) {
  const auto found = models.half_lives.find(inner->name());
  if (found == models.half_lives.end() || found->second == 0) return inner;
  return std::make_unique<Forgetful>(std::move(inner), found->second);
}

std::unique_ptr<Recommender> make_item_model(std::string name, SparseView weights,
                                             const ModelView& models) {
  return forgetful(std::make_unique<ItemModel>(std::move(name), weights), models);
}

std::unique_ptr<Recommender> make_ials(const ModelView& models) {
  FactorModelOptions options;
  options.objective = models.ials_objective;
  options.text_weight = static_cast<float>(models.ials_text_weight);
  return forgetful(std::make_unique<FactorModel>("ials", models.ials_items, models.ials_gram,
                                                 models.ials_text_map, options),
                   models);
}

}  // namespace

ModelView FittedModels::view(const Training& training) const {
  ModelView models;
  models.popularity = popularity;
  models.trending = trending;
  models.interactions = interactions;
  models.rp3beta = rp3beta;
  models.ease = ease;
  models.item_knn = item_knn;
  models.gram = gram;
  models.cooccurrence = cooccurrence;
  models.ials_items = ials_items;
  models.ials_gram = ials_gram;
  models.ials_text_map = ials_text_map;
  models.ials_objective = ials_objective;
  models.ials_text_weight = ials_text_weight;
  models.text_neighbours = training.text_neighbours;
  models.word_neighbours = training.word_neighbours;
  models.item_embeddings = training.item_embeddings;
  models.item_classes = training.item_classes;
  models.item_factors = item_factors;
  models.user_vectors = user_vectors;
  models.half_lives = half_lives;
  return models;
}

SparseMatrix fit_text_weights(MatrixView item_embeddings, const Config& config) {
  if (item_embeddings.empty()) return {};
  TextNeighbourOptions options;
  options.k = static_cast<std::size_t>(config.recommend.neighbours);
  return fit_text_neighbours(item_embeddings, options);
}

SparseMatrix fit_word_weights(std::span<const std::string> texts, const Config& config) {
  constexpr std::size_t grain = 64;
  std::vector<std::vector<std::string>> terms(texts.size());
  parallel_for(texts.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) terms[i] = lsa_terms(texts[i]);
  });
  TermCounter counter;
  for (const std::vector<std::string>& of_text : terms) counter.add(of_text);
  // A word of one text alone makes nothing alike, and one of most texts takes long to say nothing.
  const CountedTexts counted = counter.take({.min_df = 2, .max_df = 0.2});
  if (counted.counts.nonzeros() == 0) return {};
  WordNeighbourOptions options;
  options.k = static_cast<std::size_t>(config.recommend.item_neighbours);
  return fit_word_neighbours(counted.counts, options);
}

Result<PartArrays> fit_part(std::string_view part, const Training& training,
                            SparseView interactions, const ModelSettings& settings,
                            std::span<const std::uint8_t> rows) {
  ModelSettings of_rows = settings;
  of_rows.rp3beta.rows = of_rows.item_knn.rows = of_rows.gram.rows = rows;
  of_rows.cooccurrence.rows = rows;
  PartArrays arrays;
  if (part == "rp3beta") {
    arrays.weights = fit_rp3beta(interactions, of_rows.rp3beta);
  } else if (part == "item_knn") {
    arrays.weights = fit_item_knn(interactions, of_rows.item_knn);
  } else if (part == "gram") {
    arrays.weights = fit_gram(interactions, of_rows.gram);
  } else if (part == "cooccurrence") {
    if (training.dated)
      arrays.weights = fit_cooccurrence(training.histories, training.items, of_rows.cooccurrence);
  } else if (part == "ease") {
    LIMN_TRY(arrays.weights, fit_any_ease(training, interactions, settings));
  } else {
    LIMN_CHECK(part == "ials");
    IalsOptions options = settings.ials;
    options.dim = static_cast<std::size_t>(settings.ials_dim);
    if (options.dim == 0 || interactions.nonzeros() == 0) return arrays;
    arrays.factors = FactorBytes(fit_ials(interactions, options).items);
    arrays.factor_gram = factor_gram(arrays.factors);
    if (settings.ials_text_prior == 0 && settings.ials_text_weight == 0) return arrays;
    LIMN_TRY(const MappedTexts texts, map_item_texts(arrays, training, interactions));
    return with_texts(arrays, texts, settings);
  }
  return arrays;
}

Result<MappedTexts> map_item_texts(const PartArrays& ials, const Training& training,
                                   SparseView interactions) {
  MappedTexts texts;
  const FactorBytesView factors = ials.factors;
  if (training.item_embeddings.empty() || factors.empty()) return texts;
  texts.confidence.resize(training.items);
  for (const std::uint32_t item : interactions.indices()) texts.confidence[item] += 1;
  bool any = false;
  for (std::size_t item = 0; item < training.items && !any; ++item)
    any = texts.confidence[item] > 0 && l2_norm(training.item_embeddings.row(item)) > 0;
  if (!any) return texts;
  LIMN_TRY(texts.map,
           fit_text_map(factors.matrix(), training.item_embeddings, texts.confidence, {}));
  texts.items = map_texts(texts.map, training.item_embeddings);
  return texts;
}

PartArrays with_texts(const PartArrays& ials, const MappedTexts& texts,
                      const ModelSettings& settings) {
  PartArrays arrays = ials;
  if (texts.map.empty()) return arrays;
  if (settings.ials_text_prior > 0) {
    const FactorBytesView factors = ials.factors;
    arrays.factors = FactorBytes(
        blend_factors(factors.matrix(), texts.items, texts.confidence, settings.ials_text_prior));
    arrays.factor_gram = factor_gram(arrays.factors);
  }
  if (settings.ials_text_weight > 0) arrays.text_map = texts.map;
  return arrays;
}

std::unique_ptr<Recommender> make_part(std::string_view part, const PartArrays& arrays,
                                       const ModelSettings& settings) {
  ModelView models;
  models.half_lives = settings.half_lives;
  models.ials_objective = settings.ials.objective;
  models.ials_items = arrays.factors;
  models.ials_gram = arrays.factor_gram;
  models.ials_text_map = arrays.text_map;
  models.ials_text_weight = settings.ials_text_weight;
  return part == "ials" ? make_ials(models)
                        : make_item_model(std::string(part), arrays.weights, models);
}

Result<FittedModels> fit_models(const Training& training, const Config& config,
                                const ModelSettings& settings) {
  FittedModels models;
  PopularityOptions popular;
  popular.now = training.now;
  popular.half_life_days = config.recommend.popularity_half_life_days;
  models.popularity = popularity(training.histories, training.items, popular);
  if (training.dated && training.asked_at_now)
    models.trending = trending(training.histories, training.items, {.now = training.now});
  models.interactions = interactions(training.histories, training.items, {});
  models.half_lives = settings.half_lives;
  models.ials_objective = settings.ials.objective;
  models.ials_text_weight = settings.ials_text_weight;
  const std::pair<std::string_view, SparseMatrix*> item_models[] = {
      {"rp3beta", &models.rp3beta}, {"item_knn", &models.item_knn},
      {"gram", &models.gram},       {"cooccurrence", &models.cooccurrence},
      {"ease", &models.ease},
  };
  for (const auto& [part, weights] : item_models) {
    LIMN_TRY(PartArrays arrays, fit_part(part, training, models.interactions, settings));
    *weights = std::move(arrays.weights);
    LIMN_TRY_VOID(Interrupt::check("build"));
  }
  LIMN_TRY(PartArrays ials, fit_part("ials", training, models.interactions, settings));
  models.ials_items = std::move(ials.factors);
  models.ials_gram = std::move(ials.factor_gram);
  models.ials_text_map = std::move(ials.text_map);
  LIMN_TRY_VOID(Interrupt::check("build"));
  models.item_factors = fit_item_factors(models.interactions, config);
  models.user_vectors = fit_user_vectors(training, models.item_factors, config);
  return models;
}

Parts::Parts(const ModelView& models, const Config& config) {
  owned_.push_back(std::make_unique<Popularity>(models.popularity));
  if (!models.trending.empty()) {
    owned_.push_back(
        std::make_unique<Popularity>("trending", Term::Kind::trending, models.trending));
  }
  SimilarUserOptions similar;
  similar.neighbours = static_cast<std::size_t>(config.recommend.neighbours);
  owned_.push_back(std::make_unique<SimilarUsers>("similar_users", models.user_vectors,
                                                  models.interactions, similar));
  if (!models.item_embeddings.empty()) {
    auto text = std::make_unique<TextRecommender>(models.item_embeddings, models.text_neighbours,
                                                  TextRecommender::Options{});
    owned_.push_back(forgetful(std::move(text), models));
  }
  const std::pair<std::string_view, SparseView> item_models[] = {
      {"words", models.word_neighbours},     {"rp3beta", models.rp3beta},
      {"item_knn", models.item_knn},         {"gram", models.gram},
      {"cooccurrence", models.cooccurrence}, {"ease", models.ease},
  };
  for (const auto& [name, weights] : item_models) {
    if (weights.rows() > 0) owned_.push_back(make_item_model(std::string(name), weights, models));
  }
  if (!models.ials_items.empty()) owned_.push_back(make_ials(models));
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
  query.memo = &memo;
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

DecayOptions history_decay() {
  return {.half_life_days = 0, .half_life_events = 0};
}

std::vector<float> own_words(std::span<const TextEvent> texts, std::size_t dim) {
  if (texts.empty() || dim == 0) return {};
  std::vector<float> mean(dim, 0);
  for (const TextEvent& text : texts) {
    if (text.embedding.size() == dim) add_scaled(mean, text.weight, text.embedding);
  }
  if (normalize(mean) == 0) return {};
  return mean;
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

}  // namespace limn
