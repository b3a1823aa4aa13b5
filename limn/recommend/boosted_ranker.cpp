// LightGBM (Ke et al., 2017) by its C interface, which has been the same since its version 2: the
// functions used are declared here, so that its header need not be there. LambdaRank: Burges
// (2010).
#include "limn/recommend/boosted_ranker.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <dlfcn.h>
#include <fmt/format.h>

#include "limn/core/hash.h"

namespace limn {
namespace {

using Handle = void*;

// Of LightGBM/c_api.h.
constexpr int type_float32 = 0;
constexpr int type_int32 = 2;
constexpr int predict_raw = 1;
constexpr int all_iterations = -1;

struct Functions {
  const char* (*last_error)() = nullptr;
  int (*dataset_create)(const void* data, int type, std::int32_t rows, std::int32_t cols,
                        int row_major, const char* parameters, Handle reference,
                        Handle* out) = nullptr;
  int (*dataset_set_field)(Handle dataset, const char* name, const void* data, int count,
                           int type) = nullptr;
  int (*dataset_free)(Handle dataset) = nullptr;
  int (*booster_create)(Handle dataset, const char* parameters, Handle* out) = nullptr;
  int (*booster_free)(Handle booster) = nullptr;
  int (*booster_update)(Handle booster, int* finished) = nullptr;
  int (*booster_load)(const char* model, int* iterations, Handle* out) = nullptr;
  int (*booster_save)(Handle booster, int start, int count, int importance, std::int64_t size,
                      std::int64_t* needed, char* out) = nullptr;
  int (*booster_features)(Handle booster, int* out) = nullptr;
  int (*register_log)(void (*log)(const char*)) = nullptr;
  int (*booster_predict)(Handle booster, const void* data, int type, std::int32_t rows,
                         std::int32_t cols, int row_major, int kind, int start, int count,
                         const char* parameters, std::int64_t* size, double* out) = nullptr;
};

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

// What LightGBM would print is in its errors as well.
void say_nothing(const char* /*text*/) {}

// The library stays open to the end of the program: its threads would not survive a close.
Result<Functions> open_library(const std::filesystem::path& path) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return fail(
        ErrorCode::unavailable,
        "cannot open LightGBM: {}: {} (fetch it with tools/setup lightgbm, or rank without)",
        path.string(), dlerror());
  }
  Functions f;
  const bool complete = find(library, "LGBM_GetLastError", f.last_error) &&
                        find(library, "LGBM_DatasetCreateFromMat", f.dataset_create) &&
                        find(library, "LGBM_DatasetSetField", f.dataset_set_field) &&
                        find(library, "LGBM_DatasetFree", f.dataset_free) &&
                        find(library, "LGBM_BoosterCreate", f.booster_create) &&
                        find(library, "LGBM_BoosterFree", f.booster_free) &&
                        find(library, "LGBM_BoosterUpdateOneIter", f.booster_update) &&
                        find(library, "LGBM_BoosterLoadModelFromString", f.booster_load) &&
                        find(library, "LGBM_BoosterSaveModelToString", f.booster_save) &&
                        find(library, "LGBM_BoosterGetNumFeature", f.booster_features) &&
                        find(library, "LGBM_RegisterLogCallback", f.register_log) &&
                        find(library, "LGBM_BoosterPredictForMat", f.booster_predict);
  if (!complete) {
    return fail(ErrorCode::unavailable,
                "cannot open LightGBM: {}: not its library, or one of another interface "
                "(fetch it with tools/setup lightgbm)",
                path.string());
  }
  f.register_log(say_nothing);
  return f;
}

// LightGBM ends the program where a model's text is cut short or garbled, so it is shown none that
// does not begin with its own hash.
std::string seal_of(std::string_view text) {
  return fmt::format("xxh3={:016x}\n", hash64(text));
}

Result<std::string> unsealed(std::string_view model) {
  const std::size_t end = std::min(model.find('\n'), model.size() - 1) + 1;
  const std::string_view text = model.empty() ? model : model.substr(end);
  if (!model.empty() && model.substr(0, end) == seal_of(text)) return std::string(text);
  return fail(ErrorCode::corrupt,
              "cannot rank: trees: not a model, or a damaged one (build again)");
}

std::string parameters_of(const BoostedRankerOptions& options) {
  return fmt::format(
      "objective=lambdarank lambdarank_truncation_level={} num_leaves={} min_data_in_leaf={} "
      "learning_rate={} seed={} num_threads=1 deterministic=true force_row_wise=true verbosity=-1",
      options.top_k, options.leaves, options.min_leaf_rows, options.learning_rate, options.seed);
}

Result<void> check(const RankingLists& lists) {
  std::int64_t rows = 0;
  for (const std::int32_t size : lists.sizes) {
    if (size < 0) return fail(ErrorCode::invalid_argument, "cannot rank: a list of {} rows", size);
    rows += size;
  }
  if (lists.features.empty() || rows != static_cast<std::int64_t>(lists.features.rows()) ||
      lists.labels.size() != lists.features.rows()) {
    return fail(ErrorCode::invalid_argument,
                "cannot rank: lists of {} rows: there are {} rows of features and {} labels", rows,
                lists.features.rows(), lists.labels.size());
  }
  for (const float label : lists.labels) {
    if (!(label >= 0 && label <= 30 && label == std::floor(label))) {
      return fail(ErrorCode::invalid_argument,
                  "cannot rank: label {}: not a whole number from 0 to 30", label);
    }
  }
  return {};
}

}  // namespace

struct BoostedRanker::Booster {
  Functions f;
  Handle handle = nullptr;
  Handle dataset = nullptr;  // of a booster that was trained here: it must not outlive it

  Booster() = default;
  Booster(const Booster&) = delete;
  Booster& operator=(const Booster&) = delete;
  ~Booster() {
    if (handle != nullptr) f.booster_free(handle);
    if (dataset != nullptr) f.dataset_free(dataset);
  }

  // `status` as LightGBM's functions answer it.
  [[nodiscard]] Result<void> worked(int status, ErrorCode code) const {
    if (status == 0) return {};
    return fail(code, "cannot rank: LightGBM: {}", f.last_error());
  }

  [[nodiscard]] Result<void> train(const RankingLists& lists, const BoostedRankerOptions& options) {
    const std::string parameters = parameters_of(options);
    const auto rows = static_cast<std::int32_t>(lists.features.rows());
    const auto cols = static_cast<std::int32_t>(lists.features.cols());
    constexpr ErrorCode code = ErrorCode::invalid_argument;
    LIMN_TRY_VOID(worked(f.dataset_create(lists.features.data(), type_float32, rows, cols, 1,
                                          parameters.c_str(), nullptr, &dataset),
                         code));
    LIMN_TRY_VOID(worked(
        f.dataset_set_field(dataset, "label", lists.labels.data(), rows, type_float32), code));
    LIMN_TRY_VOID(worked(f.dataset_set_field(dataset, "group", lists.sizes.data(),
                                             static_cast<int>(lists.sizes.size()), type_int32),
                         code));
    LIMN_TRY_VOID(worked(f.booster_create(dataset, parameters.c_str(), &handle), code));
    int finished = 0;
    for (int tree = 0; tree < options.trees && finished == 0; ++tree) {
      LIMN_TRY_VOID(worked(f.booster_update(handle, &finished), code));
    }
    return {};
  }
};

BoostedRanker::BoostedRanker(std::unique_ptr<Booster> booster) : booster_(std::move(booster)) {}
BoostedRanker::BoostedRanker(BoostedRanker&&) noexcept = default;
BoostedRanker& BoostedRanker::operator=(BoostedRanker&&) noexcept = default;
BoostedRanker::~BoostedRanker() = default;

Result<BoostedRanker> BoostedRanker::fit(const std::filesystem::path& library,
                                         const RankingLists& lists,
                                         const BoostedRankerOptions& options) {
  LIMN_TRY_VOID(check(lists));
  auto booster = std::make_unique<Booster>();
  LIMN_TRY(booster->f, open_library(library));
  LIMN_TRY_VOID(booster->train(lists, options));
  return BoostedRanker(std::move(booster));
}

Result<void> BoostedRanker::can_open(const std::filesystem::path& library) {
  return open_library(library).map([](const Functions&) {});
}

Result<std::size_t> BoostedRanker::width() const {
  int width = 0;
  LIMN_TRY_VOID(booster_->worked(booster_->f.booster_features(booster_->handle, &width),
                                 ErrorCode::invalid_argument));
  return static_cast<std::size_t>(width);
}

Result<BoostedRanker> BoostedRanker::load(const std::filesystem::path& library,
                                          std::string_view model) {
  auto booster = std::make_unique<Booster>();
  LIMN_TRY(booster->f, open_library(library));
  LIMN_TRY(const std::string text, unsealed(model));
  int iterations = 0;
  const int status = booster->f.booster_load(text.c_str(), &iterations, &booster->handle);
  LIMN_TRY_VOID(booster->worked(status, ErrorCode::corrupt));
  return BoostedRanker(std::move(booster));
}

Result<std::vector<float>> BoostedRanker::score(MatrixView features) const {
  const Functions& f = booster_->f;
  LIMN_TRY(const std::size_t learnt, width());
  if (features.empty()) return std::vector<float>();
  if (learnt != features.cols()) {
    return fail(ErrorCode::invalid_argument,
                "cannot rank: {} features: the ranker learnt from {} (fit it again)",
                features.cols(), learnt);
  }
  std::vector<double> scores(features.rows());
  std::int64_t size = 0;
  LIMN_TRY_VOID(
      booster_->worked(f.booster_predict(booster_->handle, features.data(), type_float32,
                                         static_cast<std::int32_t>(features.rows()),
                                         static_cast<std::int32_t>(learnt), 1, predict_raw, 0,
                                         all_iterations, "num_threads=1", &size, scores.data()),
                       ErrorCode::invalid_argument));
  return std::vector<float>(scores.begin(), scores.end());
}

Result<std::string> BoostedRanker::model() const {
  std::string text;
  std::int64_t needed = 1 << 16;
  while (static_cast<std::int64_t>(text.size()) < needed) {
    text.resize(static_cast<std::size_t>(needed));
    LIMN_TRY_VOID(booster_->worked(
        booster_->f.booster_save(booster_->handle, 0, all_iterations, 0,
                                 static_cast<std::int64_t>(text.size()), &needed, text.data()),
        ErrorCode::unavailable));
  }
  text.resize(static_cast<std::size_t>(needed - 1));  // without the zero at its end
  return seal_of(text) + text;
}

}  // namespace limn
