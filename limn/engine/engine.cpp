#include "limn/engine/engine.h"

#include <algorithm>

#include "limn/core/file.h"
#include "limn/core/parallel.h"
#include "limn/core/sorted.h"
#include "limn/encode/lsa.h"
#include "limn/engine/engine_state.h"
#include "limn/engine/ranker_model.h"
#include "limn/engine/strategies.h"
#include "limn/text/personal_data.h"

namespace limn {
namespace {

constexpr std::string_view settings_name = "limn.toml";

void use_threads(const Config& config) {
  if (config.runtime.threads > 0)
    set_thread_count(static_cast<std::size_t>(config.runtime.threads));
}

}  // namespace

Result<ItemNames> ItemNames::read(const Store& store, std::vector<ItemIndex> numbers, bool mask) {
  sort_unique(numbers);
  if (!numbers.empty() && numbers.back() == no_item) numbers.pop_back();
  LIMN_TRY(auto found, store.item_names(numbers));
  ItemNames names;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (mask) found[i].title = masked(found[i].title, WrittenBy::shop);
    names.items_.emplace(numbers[i], std::move(found[i]));
  }
  return names;
}

const ItemName& ItemNames::item(ItemIndex number) const {
  static const ItemName gone;
  const auto found = items_.find(number);
  return found == items_.end() ? gone : found->second;
}

const std::string& ItemNames::title(ItemIndex number) const {
  const ItemName& found = item(number);
  return found.title.empty() ? found.id : found.title;
}

Ranking::Ranking(const ModelView& models, const Config& config, const Strategy& strategy,
                 const SecondStage& stage, QueryState query)
    : parts(models, config),
      blend({parts.all().begin(), parts.all().end()}, blend_weights(strategy, parts.names()),
            stage),
      state(std::move(query)),
      scores(models.popularity.size()) {
  staged = blend.score_in_stages(state.query(), scores);
}

Result<std::shared_ptr<const Snapshot>> Engine::State::snapshot() {
  const std::lock_guard lock(loading_);
  auto number = current_generation(folder);
  if (!number && number.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::not_found,
                "cannot answer: {}: nothing was built yet (run `limn build {}`)", folder.string(),
                folder.string());
  }
  if (!number) return tl::unexpected<Error>(number.error());
  if (snapshot_ == nullptr || snapshot_->number() != *number) {
    LIMN_TRY(Snapshot opened, Snapshot::open_current(folder));
    LIMN_TRY_VOID(opened.open_ranker(config, lightgbm_library(config, places)));
    snapshot_ = std::make_shared<const Snapshot>(std::move(opened));
  }
  return snapshot_;
}

Result<const Encoder*> Engine::State::encoder(const Snapshot& snapshot) {
  const std::lock_guard lock(loading_);
  const SnapshotInfo& info = snapshot.info();
  if (encoder_ != nullptr && encoder_fingerprint_ == info.fingerprint) return encoder_.get();
  if (!snapshot.lsa().empty()) {
    LIMN_TRY(LsaEncoder lsa, LsaEncoder::load(snapshot.lsa()));
    encoder_ = std::make_unique<LsaEncoder>(std::move(lsa));
  } else {
    // What the build chose for auto, whatever the settings say since.
    Config as_built = config;
    as_built.encode.precision = "auto";
    const BertBefore before = snapshot.bert();
    LIMN_TRY(encoder_, make_encoder(info.encoder_spec, {}, as_built, false, &before));
  }
  if (encoder_->fingerprint() != info.fingerprint) {
    encoder_.reset();
    return fail(
        ErrorCode::invalid_argument,
        "cannot read text: {}: its embeddings differ from those of generation {:06} (build again)",
        info.encoder_spec, snapshot.number());
  }
  encoder_fingerprint_ = info.fingerprint;
  return encoder_.get();
}

Result<Person> Engine::State::person(const Snapshot& snapshot, std::string_view user,
                                     const PersonOptions& options) {
  return gather(store, snapshot, config, user, options, [&] { return encoder(snapshot); });
}

Ranking Engine::State::rank(const Snapshot& snapshot, const Person& person,
                            const Strategy& strategy) const {
  QueryState query =
      make_query(snapshot.models(), person.history, person.texts, person.row(snapshot), person.now,
                 strategy.parameters.decay, config);
  return Ranking(snapshot.models(), config, strategy, snapshot.second_stage(), std::move(query));
}

Result<ItemIndex> Engine::State::known_item(const Snapshot& snapshot, std::string_view item) const {
  LIMN_TRY(const std::optional<ItemIndex> number, store.find_item(item));
  if (!number) {
    return fail(ErrorCode::not_found, "cannot find item: {}: no such item in {}", item,
                folder.string());
  }
  if (*number >= snapshot.info().items) {
    return fail(ErrorCode::not_found,
                "cannot find item: {}: newer than generation {:06} (run `limn build`)", item,
                snapshot.number());
  }
  return *number;
}

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Result<Engine> Engine::create(const std::filesystem::path& folder, const Config& config,
                              const EncoderPlaces& places) {
  LIMN_TRY(Store store, Store::create(folder));
  LIMN_TRY_VOID(write_file_atomically(folder / settings_name, to_toml(config)));
  use_threads(config);
  return Engine(std::make_unique<State>(folder, config, std::move(store), places));
}

Result<Engine> Engine::open(const std::filesystem::path& folder, const EncoderPlaces& places) {
  LIMN_TRY(Store store, Store::open(folder));
  Config config;
  if (std::filesystem::exists(folder / settings_name)) {
    LIMN_TRY(config, read_config(folder / settings_name));
  }
  use_threads(config);
  return Engine(std::make_unique<State>(folder, config, std::move(store), places));
}

const Config& Engine::config() const {
  return state_->config;
}

void Engine::set_config(const Config& config) {
  state_->config = config;
  use_threads(config);
}

Store& Engine::store() {
  return state_->store;
}

const EncoderPlaces& Engine::places() const {
  return state_->places;
}

Result<BuildReport> Engine::build(const BuildOptions& options) {
  return build_generation(state_->store, state_->config, state_->places, options);
}

Result<std::vector<SegmentAnswer>> Engine::segments() {
  LIMN_TRY(const std::shared_ptr<const Snapshot> snapshot, state_->snapshot());
  std::vector<SegmentAnswer> answers;
  for (const SegmentInfo& segment : snapshot->info().segments) {
    SegmentAnswer& answer = answers.emplace_back();
    answer.id = answers.size() - 1;
    answer.segment = segment;
    for (const std::uint32_t topic : segment.topics)
      answer.topics.push_back(snapshot->info().topics[topic].label);
  }
  return answers;
}

}  // namespace limn
